"""Names that nobody bears: ordinary first names with their short forms, and family names put together from sounds."""

from random import Random
from typing import Final


def _named(names: str) -> list[tuple[str, str]]:
    return [(first, short) for first, _, short in (name.partition(":") for name in names.split())]


FIRST: Final = {
    "female": _named("""
        Elizabeth:Liz Margaret:Peggy Katherine:Kate Patricia:Patty Deborah:Deb Susan:Sue Rebecca:Becky
        Jennifer:Jen Victoria:Vicky Theresa:Terry Christina:Tina Abigail:Abby Samantha:Sam Alejandra:Ale
        Guadalupe:Lupe Rosario:Charo Latoya:Toya Amanda:Mandy Angela:Angie Barbara:Barb Beatriz:Bea Beverly:Bev
        Carolyn:Carrie Constance:Connie Cynthia:Cindy Dorothy:Dot Eleanor:Ellie Gabriela:Gabby Jacqueline:Jackie
        Jessica:Jess Judith:Judy Kimberly:Kim Lillian:Lily Madeline:Maddie Michelle:Shelly Natalie:Nat
        Pamela:Pam Sandra:Sandy Sophia:Sofia Stephanie:Steph Veronica:Vero Virginia:Ginny Yolanda:Yoli
        Alexandra:Lexi Isabel:Bella Josephine:Josie Keisha Imani Thuy Mai Soraya Leila Ayasha Dena Joy Ruth
        Hazel Alma Amara Anh Anjali Aaliyah April Aurora Beulah Bianca Brenda Camila Carmen Cecilia Chantel
        Cheyenne Dahlia Dakota Ebony Edith Elsa Esther Fatima Fern Fiona Gloria Grace Hana Heather Heidi Hoa
        Iris Irma Ivy Janelle Jasmine Kalani Kiara Lan Lena Lorena Luz Marisol Maya Mercedes Monique Myrna Nadia
        Noor Olivia Opal Paloma Pearl Phuong Priya Quyen Rachel Raquel Renee Rhonda Sadie Shanice Sheila Sierra
        Silvia Stella Sunita Tamara Tanisha Tiffany Trinh Vera Wanda Winona Xiomara Yesenia Zainab Zoe
    """),
    "male": _named("""
        Robert:Bob William:Bill James:Jim Richard:Rick Michael:Mike Thomas:Tom Joseph:Joe Charles:Chuck
        Edward:Ed Daniel:Dan Anthony:Tony Lawrence:Larry Francisco:Paco Ignacio:Nacho Jesus:Chuy
        Demetrius:Meechie Terrence:Terry Alexander:Alex Andrew:Drew Benjamin:Ben Bernard:Bernie Bradley:Brad
        Christopher:Chris Clifford:Cliff David:Dave Donald:Don Douglas:Doug Eduardo:Lalo Eugene:Gene
        Frederick:Fred Gabriel:Gabe Gerald:Jerry Gregory:Greg Guillermo:Memo Harold:Hal Jacob:Jake Jeffrey:Jeff
        Jonathan:Jon Joshua:Josh Kenneth:Ken Leonard:Lenny Manuel:Manny Matthew:Matt Nathaniel:Nate
        Nicholas:Nick Patrick:Pat Peter:Pete Phillip:Phil Rafael:Rafa Raymond:Ray Reginald:Reggie Ronald:Ron
        Russell:Russ Salvador:Chava Samuel:Sam Stanley:Stan Stephen:Steve Theodore:Ted Timothy:Tim Vincent:Vince
        Walter:Walt Zachary:Zach Jamal Malik Minh Duc Omar Yusuf Chayton Wade Clint Earl Roy Aaron Adrian Ahmed
        Alvin Amir Angel Arturo Bao Boyd Brandon Bruce Bryce Byron Carlos Cedric Cesar Cody Craig Curtis Damon
        Darnell Darius Deshawn Dion Dwight Dylan Elias Emmett Ernesto Esteban Ethan Felix Floyd Garrett Glen
        Gustavo Hassan Hector Hieu Hugo Ibrahim Isaiah Ivan Jalen Jaime Javier Jermaine Kareem Keith Khalil Kyle
        Lamar Lance Leroy Logan Lonnie Marcus Mario Mateo Miguel Nam Neil Noah Orlando Oscar Otis Perry Quentin
        Ramon Raul Rashad Rene Ricardo Rohan Ross Ruben Sergio Seth Shane Silas Sterling Tariq Trent Troy Tuan
        Tyrone Vernon Virgil Wesley Xavier
    """),
}  # fmt: skip
"""First names with the short form their bearers may go by; empty where there is none."""

_BEGIN = ["Bar", "Bel", "Cal", "Cor", "Dal", "Del", "Fen", "Gal", "Har", "Hol", "Jor", "Kel", "Lan", "Lor", "Mar", "Mel",
          "Nor", "Or", "Pel", "Quin", "Ral", "Sel", "Tal", "Thor", "Ul", "Val", "Wen", "Yar", "Zel", "Ash", "Brin", "Cres"]  # fmt: skip
_MIDDLE = ["", "a", "e", "i", "o", "an", "en", "in", "or", "ar", "el", "il"]
_END = ["beck", "brook", "dale", "don", "field", "ford", "gard", "ham", "hurst", "ley", "low", "man", "mere", "mont", "more",
        "ner", "quist", "rick", "ridge", "sen", "ser", "sted", "ton", "vane", "vik", "ward", "way", "well", "wick", "worth"]  # fmt: skip

STREETS: Final = ["Example", "Sample", "Specimen", "Pattern", "Model", "Placeholder", "Instance", "Mockingbird Rise",
                  "Invented", "Fictional", "Imaginary", "Nowhere"]  # fmt: skip
KINDS: Final = ["Street", "Avenue", "Drive", "Court", "Place", "Lane"]


def family_name(chance: Random) -> str:
    """One of some eleven thousand family names; one in twelve bears two of them."""
    name = chance.choice(_BEGIN) + chance.choice(_MIDDLE) + chance.choice(_END)
    return f"{name}{chance.choice(' -')}{family_name(chance)}"[:60] if chance.random() < 1 / 12 else name


def address(chance: Random) -> str:
    """A house in a street that no city has."""
    return f"{chance.randint(1, 9900)} {chance.choice(STREETS)} {chance.choice(KINDS)}"


def misspelled(name: str, chance: Random) -> str:
    """The same name as somebody else may have heard it: two letters swapped, one dropped or one doubled."""
    at = chance.randrange(1, max(2, len(name) - 1))
    match chance.randrange(3):
        case 0:
            return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
        case 1:
            return name[:at] + name[at + 1 :]
    return name[:at] + name[at] + name[at:]
