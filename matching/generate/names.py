"""Names from many cultures and the sites they work at, for generated companies."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """A place of work: its share of the company, its clock, and who tends to work there.

    ``languages`` holds, for each language code, the share of people at the site who speak it;
    ``cultures`` the weight of each pool of names in `NAMES`.
    """

    city: str
    time_zone: str
    share: float
    languages: dict[str, float]
    cultures: dict[str, float]


SITES = (
    Site(
        "London", "Europe/London", 0.24,
        {"en": 1.0, "fr": 0.12, "es": 0.08, "hi": 0.07},
        {"british": 6, "south_asian": 2, "west_african": 1, "polish": 1},
    ),
    Site(
        "Paris", "Europe/Paris", 0.20,
        {"fr": 0.99, "en": 0.8, "es": 0.15, "ar": 0.12},
        {"french": 6, "arabic": 2, "west_african": 2, "british": 1},
    ),
    Site(
        "Bengaluru", "Asia/Kolkata", 0.18,
        {"en": 0.97, "hi": 0.75, "ta": 0.3},
        {"south_asian": 12, "arabic": 1},
    ),
    Site(
        "Toronto", "America/Toronto", 0.12,
        {"en": 0.99, "fr": 0.3, "zh": 0.12, "es": 0.06},
        {"british": 4, "chinese": 2, "south_asian": 2, "french": 2, "latin_american": 1},
    ),
    Site(
        "São Paulo", "America/Sao_Paulo", 0.11,
        {"pt": 0.99, "en": 0.6, "es": 0.35},
        {"latin_american": 9, "japanese": 1},
    ),
    Site(
        "Singapore", "Asia/Singapore", 0.09,
        {"en": 0.97, "zh": 0.6, "hi": 0.1, "ta": 0.12},
        {"chinese": 6, "south_asian": 2, "japanese": 1, "arabic": 1},
    ),
    Site(
        "Warsaw", "Europe/Warsaw", 0.06,
        {"pl": 0.95, "en": 0.85, "de": 0.2},
        {"polish": 10, "british": 1},
    ),
)  # fmt: skip

NAMES: dict[str, tuple[str, str]] = {
    "british": (
        "Oliver Amelia George Isla Harry Freya Jack Ava Thomas Poppy Arthur Eleanor Rhys Cerys Callum Iona "
        "Declan Niamh Edward Harriet Gareth Bethan Owen Imogen Stuart Fiona Alistair Moira Nigel Rosemary",
        "Hughes Bennett Fraser Walsh Parry Thornton Campbell Doyle Whitfield Marsh Ellison Barker Gallagher "
        "Pritchard Lowe Sinclair Hartley Osborne Kerr Stevens Beaumont Ashworth Radcliffe Byrne Holt Mercer",
    ),
    "french": (
        "Camille Hugo Léa Louis Chloé Jules Manon Gabriel Inès Arthur Élise Mathis Juliette Théo Margaux "
        "Bastien Clémence Rémi Aurélie Étienne Solène Quentin Noémie Yann Maëlle Loïc Océane Benoît",
        "Lefèvre Moreau Girard Rousseau Fontaine Chevalier Gauthier Perrin Masson Dufour Lemaître Renard "
        "Carpentier Besson Delacroix Marchand Noël Guérin Poirier Barbier Vasseur Colin Hamel Tessier",
    ),
    "south_asian": (
        "Priya Arjun Ananya Rohan Kavya Vikram Meera Rahul Lakshmi Sanjay Nisha Karthik Divya Imran Fatima "
        "Aditya Shreya Harish Pooja Nikhil Deepa Suresh Asha Farhan Radhika Manoj Zainab Gopal Leela Tariq",
        "Sharma Iyer Patel Reddy Nair Banerjee Khan Gupta Menon Chaudhury Rao Desai Krishnan Kapoor Pillai "
        "Hussain Joshi Mukherjee Bhatt Subramanian Siddiqui Kulkarni Naidu Verma Thomas Ahmed Perera",
    ),
    "west_african": (
        "Amara Kwame Ama Chinedu Ngozi Kofi Adaeze Moussa Aïssatou Ibrahima Fatou Babajide Efua Oluwaseun "
        "Mariama Yaw Chiamaka Cheikh Abena Tunde Awa Emeka Akosua Sékou Ifeoma Ousmane Folasade Kojo",
        "Diallo Mensah Okafor Traoré Adeyemi Boateng Ndiaye Eze Konaté Owusu Balogun Sow Asante Nwosu Keïta "
        "Appiah Camara Okonkwo Fofana Osei Bello Cissé Agyeman Ojo Sarr Danso Achebe Touré",
    ),
    "arabic": (
        "Yasmine Omar Leïla Karim Nour Youssef Salma Amine Hana Samir Rania Bilal Dina Khalid Mariam Tarek "
        "Lina Rachid Amal Hassan Sara Nabil Zeinab Walid Farah Adel Huda Mehdi",
        "Haddad Benali El-Masri Khoury Mansour Bouzid Al-Sayed Nasser Cherif Hamdan Saidi Darwish Amrani "
        "Farouk Belkacem Aziz Rahmani Salem Idrissi Barakat Zaki Taleb Najjar Hakim Ziani",
    ),
    "latin_american": (
        "Mariana João Camila Rafael Luciana Thiago Beatriz Diego Gabriela Felipe Valentina Mateus Isabela "
        "Santiago Fernanda Bruno Lorena Caio Renata Andrés Patrícia Vinícius Ximena Gustavo Carolina Otávio",
        "Silva Ferreira Oliveira Rodríguez Costa Almeida Carvalho Gómez Ribeiro Martins Barbosa Teixeira "
        "Vargas Nascimento Moraes Castillo Azevedo Cardoso Ramírez Pinto Rezende Guimarães Quispe Monteiro",
    ),
    "chinese": (
        "Wei Mei Jun Xiu Hao Li Ying Jian Xin Bo Fang Ming Yan Kai Lan Zhen Hui Tao Qing Rui Jing Cheng "
        "Shan Yu Ting Peng Hua Xiang",
        "Wang Chen Zhang Lin Huang Tan Lim Wu Zhou Ng Xu Sun Zhao Goh Ma Zhu Koh Guo He Ong Luo Teo Liang",
    ),
    "polish": (
        "Zofia Jakub Hanna Szymon Maja Antoni Zuzanna Filip Oliwia Michał Katarzyna Paweł Agnieszka Wojciech "
        "Małgorzata Łukasz Ewa Tomasz Karolina Grzegorz Dorota Bartosz Justyna Marek",
        "Nowak Wiśniewska Kowalczyk Zieliński Szymańska Woźniak Kozłowska Jankowski Mazur Kwiatkowska "
        "Krawczyk Piotrowski Grabowska Pawłowski Michalska Król Wieczorek Jabłońska Wróbel Stępień Górska",
    ),
    "japanese": (
        "Haruto Yui Sota Hina Ren Aoi Kenji Sakura Takumi Mio Daichi Rin Hiroshi Emi Naoki Yuka Kaito Ayumi "
        "Shinji Keiko",
        "Sato Tanaka Watanabe Kobayashi Nakamura Yoshida Yamamoto Saito Matsumoto Inoue Kimura Hayashi "
        "Mori Ikeda Hashimoto Ogawa Fujita Okada Maeda",
    ),
}  # fmt: skip
