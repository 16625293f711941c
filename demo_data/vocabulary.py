"""The words the demo data is made of: people, places, and what the shop sells."""

from __future__ import annotations

from typing import NamedTuple


class Country(NamedTuple):
    """Names as they are written there. `native|latin` gives the spelling used in e-mails."""

    code: str
    share: int  # of 100 customers
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[str, ...]


def _words(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(separator))


COUNTRIES = (
    Country(
        "DE",
        34,
        _words("Anna Jürgen Lena Björn Sabine Jörg Mia Käthe Felix Ömer Ayşe Hannah Lukas Zoë"),
        _words("Müller Schmidt Krüger Weiß Yıldız Vogel Hoffmann Schäfer Köhler Bauer Groß Lang"),
        _words("Hauptstraße,Gartenweg,Lindenallee,Am Mühlbach,Bahnhofstraße,Schloßgasse", ","),
        _words("Berlin Hamburg München Köln Leipzig Nürnberg"),
    ),
    Country(
        "FR",
        20,
        _words("Chloé Théo Amélie François Hélène Noël Léa Benoît Inès Mathis Zoé Gaël"),
        _words("Lefèvre Dubois Moreau Béranger Fontaine Garçon Noël Petit Lemaître Rousseau"),
        _words("rue de la Paix,avenue Foch,rue des Écoles,place du Marché,quai Voltaire", ","),
        _words("Paris Lyon Orléans Besançon Nîmes"),
    ),
    Country(
        "ES",
        14,
        _words("Lucía José Iñaki Begoña Ángel Sofía Íñigo Carmen Martín Nuria Raúl"),
        _words("García Muñoz Ibáñez Peña López Vázquez Núñez Castro Ruiz Marín"),
        _words("Calle Mayor,Avenida del Sol,Plaza España,Paseo Marítimo,Calle Peñón", ","),
        _words("Madrid,Sevilla,Bilbao,Málaga,A Coruña", ","),
    ),
    Country(
        "PL",
        12,
        _words(
            "Łukasz|lukasz Małgorzata|malgorzata Paweł|pawel Agnieszka Michał|michal Żaneta Ewa"
        ),
        _words("Wiśniewska Kowalski Łęcki|lecki Zając Wójcik Dąbrowska Nowak Król|krol"),
        _words("ul. Długa,ul. Świętej Anny,al. Róż,ul. Ogrodowa,pl. Wolności", ","),
        _words("Kraków Gdańsk Łódź Poznań"),
    ),
    Country(
        "IE",
        9,
        _words("Seán Aoife Niamh Conor Róisín Declan Siobhán Eoin Maeve"),
        _words("O'Brien Murphy Ní-Dhomhnaill O'Sullivan Byrne D'Arcy Kelly Walsh"),
        _words("Main Street,Castle Road,Church Lane,The Quays,Grafton Row", ","),
        _words("Dublin,Cork,Galway,Dún Laoghaire", ","),
    ),
    Country(
        "DK",
        5,
        _words("Søren|soeren Åse Bjørn|bjoern Mette Jørgen|joergen Freja"),
        _words("Sørensen|soerensen Kjær|kjaer Østergaard|oestergaard Holm Ågård Møller|moeller"),
        _words("Nørregade,Strandvejen,Ålborgvej,Skovbrynet", ","),
        _words("København Århus Odense"),
    ),
    Country(
        "GR",
        3,
        _words("Ελένη|eleni Γιώργος|giorgos Μαρία|maria Νίκος|nikos"),
        _words("Παπαδάκη|papadaki Νικολάου|nikolaou Οικονόμου|oikonomou"),
        _words("Οδός Ερμού,Λεωφόρος Νίκης,Οδός Αθηνάς", ","),
        _words("Αθήνα Θεσσαλονίκη"),
    ),
    Country(
        "UA",
        2,
        _words("Олена|olena Тарас|taras Софія|sofiia Андрій|andrii"),
        _words("Шевченко|shevchenko Коваль|koval Мельник|melnyk"),
        _words("вул. Садова,вул. Шевченка,пл. Ринок", ","),
        _words("Київ Львів"),
    ),
    Country(
        "JP",
        1,
        _words("美咲|misaki 翔太|shota さくら|sakura"),
        _words("田中|tanaka 佐藤|sato 鈴木|suzuki"),
        _words("桜通り 本町 中央通り"),
        _words("東京 大阪"),
    ),
)

# Store id, name, city, country, region, opening day, floor in square metres. S00 is the web shop.
STORES = (
    ("S00", "Web shop", "", "", "Online", "2016-03-01", 0),
    ("S01", "Berlin Mitte", "Berlin", "DE", "North", "2009-09-12", 820),
    ("S02", "Hamburg Altona", "Hamburg", "DE", "North", "2011-04-02", 640),
    ("S03", "München Sendling", "München", "DE", "South", "2012-10-20", 710),
    ("S04", "Köln Ehrenfeld", "Köln", "DE", "West", "2014-05-17", 530),
    ("S05", "Paris Bastille", "Paris", "FR", "West", "2015-11-07", 590),
    ("S06", "Lyon Confluence", "Lyon", "FR", "South", "2017-03-25", 480),
    ("S07", "Madrid Chamberí", "Madrid", "ES", "South", "2018-09-08", 560),
    ("S08", "Kraków Kazimierz", "Kraków", "PL", "East", "2019-06-15", 450),
    ("S09", "Dublin Docklands", "Dublin", "IE", "West", "2021-02-27", 390),
    ("S10", "København Nørrebro", "København", "DK", "North", "2022-08-13", 410),
    ("S11", 'Αθήνα "Το Σπίτι"', "Αθήνα", "GR", "South", "2023-10-28", 350),
)

# Department, group, then `name: list price` of what it sells.
CATALOGUE = (
    (
        "Kitchen",
        "Cooking",
        "Cast-iron pan: 49.90, Stock pot 5 l: 64.00, Milk pan: 27.50, Wok: 39.90",
    ),
    ("Kitchen", "Baking", "Bread tin: 16.90, Whisk: 7.90, Rolling pin: 14.50, Scales: 29.90"),
    (
        "Kitchen",
        "Table",
        "Dinner plate: 11.90, Soup bowl: 9.90, Carafe: 24.00, Salad servers: 18.50",
    ),
    (
        "Kitchen",
        "Coffee",
        "Moka pot: 34.90, Café press: 39.00, Hand grinder: 89.00, Espresso cup: 8.50",
    ),
    (
        "Living",
        "Textiles",
        "Wool throw: 79.00, Linen cushion: 34.90, Jute rug: 129.00, Curtain: 59.90",
    ),
    ("Living", "Light", "Desk lamp: 69.00, Paper lantern: 19.90, Floor lamp: 189.00, Candle: 6.90"),
    (
        "Living",
        "Furniture",
        "Oak stool: 99.00, Side table: 149.00, Bookcase: 349.00, Armchair: 599.00",
    ),
    (
        "Living",
        "Storage",
        "Felt basket: 24.90, Wall hooks: 17.90, Cedar box: 44.00, Shoe rack: 74.90",
    ),
    (
        "Garden",
        "Growing",
        "Clay pot: 12.50, Seed tray: 9.50, Basil seeds: 2.90, Raised bed: 119.00",
    ),
    ("Garden", "Tools", "Secateurs: 32.00, Hand fork: 15.90, Watering can: 28.90, Rake: 36.50"),
    (
        "Garden",
        "Outdoors",
        "Deck chair: 89.90, Hammock: 74.00, Fire bowl: 139.00, Bird house: 26.90",
    ),
    (
        "Office",
        "Paper",
        "Notebook A5: 8.90, Year planner: 16.50, Envelope set: 5.90, Sketch pad: 12.90",
    ),
    ("Office", "Desk", "Pen tray: 13.90, Desk mat: 42.00, Bookend: 21.90, Clock: 54.00"),
    ("Kids", "Play", "Wooden train: 39.90, Marble run: 64.90, Puzzle 100: 14.90, Kite: 22.50"),
    ("Kids", "Room", "Night light: 27.90, Height chart: 18.90, Toy chest: 84.00, Bunting: 11.50"),
)

COLOURS = ("oak", "walnut", "sand", "moss", "ink", "rust", "chalk")
TAGS = ("new", "bestseller", "handmade", "recycled", "gift", "fair-trade", "outlet")
