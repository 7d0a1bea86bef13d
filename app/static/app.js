// Small, shared behaviour. Each page works without it; with it, nobody loses their place.
(() => {
  const page = document;
  const say = (text) => {
    const status = page.getElementById("status");
    if (status) status.textContent = text;
  };

  // A refused form (422) is swapped in like any answer. Other failures are said aloud and shown where one acted.
  page.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status !== 422) return;
    detail.shouldSwap = true;
    detail.isError = false;
  });
  const fail = (near, text) => {
    say(text);
    const place = near?.closest?.("form") ?? near;
    if (!place?.isConnected || place === page.body) return;
    if (!place.nextElementSibling?.matches("[data-failure]")) {
      place.insertAdjacentHTML("afterend", '<p class="note bad small" data-failure></p>');
    }
    place.nextElementSibling.textContent = text;
  };
  page.addEventListener("htmx:responseError", ({ detail }) => {
    const answer = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
    const sentence = answer.querySelector("[data-message]")?.textContent;
    fail(detail.elt, sentence || "That did not work. Reload the page and try again.");
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    page.addEventListener(name, ({ detail }) => fail(detail.elt, "No connection. Your change is not saved."));
  }
  page.addEventListener("htmx:beforeRequest", ({ detail }) => {
    detail.target?.setAttribute("aria-busy", "true");
    const note = (detail.elt.closest("form") ?? detail.elt).nextElementSibling;
    if (note?.matches("[data-failure]")) note.remove();
  });
  page.addEventListener("htmx:afterRequest", ({ detail }) => detail.target?.removeAttribute("aria-busy"));

  // After a swap, and on a new page, focus goes to what the server marked: an error, or a new panel.
  // Whose control is gone with the part it was in stays in what came in its place.
  const focusIn = (part) => (part.matches?.("[data-focus]") ? part : part.querySelector?.("[data-focus]"))?.focus();
  let focusWasIn = null;
  page.addEventListener("htmx:beforeSwap", ({ detail }) => {
    focusWasIn = detail.target.contains(page.activeElement) ? detail.target.id : null;
  });
  page.addEventListener("htmx:afterSettle", ({ target }) => {
    focusIn(target);
    const place = focusWasIn && page.activeElement === page.body && page.getElementById(focusWasIn);
    if (!place) return;
    place.tabIndex = -1;
    place.focus();
  });
  focusIn(page);

  // Menus: Escape closes one and gives focus back; a click elsewhere closes all.
  page.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && page.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  page.addEventListener("click", ({ target }) => {
    for (const menu of page.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
  });

  // A password can be shown: whoever sees what they type needs fewer tries.
  for (const part of page.querySelectorAll("[data-reveals]")) {
    const field = page.getElementById(part.dataset.reveals);
    part.hidden = false;
    part.addEventListener("change", ({ target }) => { field.type = target.checked ? "text" : "password"; });
  }

  // Combobox after the WAI-ARIA pattern: htmx replaces the list box, this moves in it.
  const combobox = (box) => {
    const input = box.querySelector("input");
    if (!input || input.role === "combobox") return;
    const list = () => box.querySelector("[role=listbox]");
    const options = () => [...box.querySelectorAll("[role=option]")];
    let at = -1;
    let isAsking = false;
    const mark = (index) => {
      at = index;
      options().forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
      const option = options()[index];
      if (option) input.setAttribute("aria-activedescendant", option.id);
      else input.removeAttribute("aria-activedescendant");
      option?.scrollIntoView({ block: "nearest" });
    };
    const refresh = () => {
      input.setAttribute("aria-expanded", String(options().length > 0));
      mark(-1);
    };
    const close = () => {
      isAsking = false;
      list().replaceChildren();
      refresh();
    };
    const choose = (option) => {
      input.value = option.dataset.value;
      close();
      input.focus();
      say(`${input.value} chosen`);
    };
    const keys = {
      ArrowDown: () => mark((at + 1) % options().length),
      ArrowUp: () => mark((at <= 0 ? options().length : at) - 1),
      Escape: close,
      Enter: () => choose(options()[at]),
    };
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list().id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    new MutationObserver(refresh).observe(box, { childList: true });
    // Who has chosen, or gone on, waits for no suggestions: late ones would open over what comes next.
    input.addEventListener("input", () => { isAsking = true; });
    for (const name of ["htmx:beforeRequest", "htmx:beforeSwap"]) {
      box.addEventListener(name, (event) => {
        if (isAsking) return;
        event.preventDefault();
        event.stopPropagation();
      });
    }
    input.addEventListener("keydown", (event) => {
      if (!options().length || !Object.hasOwn(keys, event.key) || (event.key === "Enter" && at < 0)) return;
      event.preventDefault();
      event.stopPropagation();
      keys[event.key]();
    });
    box.addEventListener("mousedown", (event) => {
      if (event.target.closest("[role=option]")) event.preventDefault();
    });
    box.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) choose(option);
    });
    input.addEventListener("blur", close);
  };
  const findComboboxes = (part) => part.querySelectorAll?.("[data-combo]").forEach(combobox);
  findComboboxes(page);
  page.addEventListener("htmx:load", ({ target }) => findComboboxes(target));
})();
