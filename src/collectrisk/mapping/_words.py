"""The words of exports from which a mapping is drafted: codes, units, flags, totals, kinds of numbers."""

from __future__ import annotations

UNKNOWN = frozenset(
    {
        *("?", "unknown", "not known", "not recorded", "not available", "unbekannt", "inconnu"),
        *("sconosciuto", "neznámo", "neznámé", "desconocido", "未知", "不详", "不明"),
    }
)
"""Texts that mean "not known" in a column of numbers, dates or flags; an attitude may be unknown."""

TRUE = frozenset(
    {
        *("true", "t", "yes", "y", "1", "x", "✓", "✔", "ja", "j", "wahr", "oui", "o", "vrai"),
        *("sì", "sí", "si", "s", "vero", "verdadero", "ano", "a", "áno", "tak", "pravda"),
        *("是", "有", "真", "已", "да"),
    }
)
FALSE = frozenset(
    {
        *("false", "f", "no", "n", "0", "nein", "falsch", "non", "faux", "falso", "ne", "nie"),
        *("nepravda", "否", "没有", "假", "未", "нет"),
    }
)

CURRENCIES = (
    ("€", "EUR", "euro", "Euro"),
    ("£", "GBP"),
    ("$", "US$", "USD"),
    ("CHF", "Fr.", "SFr.", "sFr."),
    ("Kč", "Kc", "CZK", ",-"),
    ("₹", "Rs.", "Rs", "INR", "/-"),
    ("¥", "元", "CNY", "RMB", "人民币"),
    ("zł", "PLN"),
    ("Ft", "HUF"),
    ("kr", "kr.", "SEK", "NOK", "DKK"),
    ("R$", "BRL"),
    ("MXN", "MX$"),
    ("₽", "руб.", "RUB"),
)
"""The units of amounts; those of one row are the same currency."""

DAYS = frozenset(
    {
        *("d", "day", "days", "Tage", "Tag", "jours", "jour", "j", "giorni", "gg", "g"),
        *("dny", "dní", "dnů", "días", "dias", "天", "日"),
    }
)
"""The units of a number of days."""

SCALED_UNITS = {
    "p": 0.01,
    "ct": 0.01,
    "Cent": 0.01,
    "cents": 0.01,
    "pence": 0.01,
    "分": 0.01,
    "千元": 1_000,
    "T€": 1_000,
    "k€": 1_000,
    "TEUR": 1_000,
    "万": 10_000,
    "万元": 10_000,
    "lakh": 100_000,
    "lakhs": 100_000,
    "Mio. €": 1_000_000,
    "百万元": 1_000_000,
}
"""Units of amounts that also scale them."""

SCALES: dict[float, tuple[str, ...]] = {
    0.01: (
        *("pence", "penny", "pennies", "cents", "cent", "centimes", "centesimi", "centavos", "centimos"),
        *("rappen", "pfennig", "haler", "haleru", "halere", "paise", "paisa", "grosze", "groszy", "分"),
    ),
    1_000: (
        *("thousand", "thousands", "tsd", "tausend", "teur", "keur", "kusd", "kgbp", "milliers", "migliaia"),
        *("tis", "tisic", "tisice", "miles", "000", "000s", "千", "千元"),
    ),
    10_000: ("万", "万元", "萬", "萬元"),
    100_000: ("lakh", "lakhs", "lac", "lacs"),
    1_000_000: ("million", "millions", "mio", "mln", "millionen", "milioni", "millones", "百万", "百万元"),
    10_000_000: ("crore", "crores"),
}
"""What an amount is multiplied by if its column's name contains a word."""

PERIODS: dict[float, tuple[str, ...]] = {
    7: (
        *("week", "weeks", "wks", "woche", "wochen", "semaine", "semaines", "settimana", "settimane"),
        *("tyden", "tydny", "tydnu", "semana", "semanas", "周"),
    ),
    30: (
        *("month", "months", "mth", "mths", "monat", "monate", "monaten", "mois", "mese", "mesi"),
        *("mesic", "mesice", "mesicu", "mes", "meses", "月", "月数", "个月"),
    ),
    365: ("year", "years", "jahr", "jahre", "jahren", "ans", "annees", "anni", "roky", "let", "anos", "年"),
}
"""About how many days a period has if a column's name contains a word."""

WORDS_FOR_DAYS = (
    "days",
    "day",
    "tage",
    "tagen",
    "jours",
    "giorni",
    "dny",
    "dni",
    "dnech",
    "dias",
    "天",
    "天数",
)

GRADES = frozenset(
    {
        *("bucket", "buckets", "bkt", "band", "range", "class", "stage", "klasse", "stufe", "fascia"),
        *("classe", "tranche", "trida", "tramo", "等级", "阶段", "区间"),
    }
)
"""Words in the name of a column whose values are classes of numbers."""

PLACES = frozenset(
    {
        *("home", "mobile", "cell", "work", "office", "landline", "residence", "employer", "primary"),
        *(
            "privat",
            "mobil",
            "handy",
            "arbeit",
            "festnetz",
            "buero",
            "buro",
            "domicile",
            "portable",
            "travail",
        ),
        *("casa", "cellulare", "ufficio", "domu", "prace", "trabajo", "movil", "手机", "家庭", "单位"),
    }
)
"""Words in the name of a column that counts calls to one of several telephones."""

TOTALS = (
    *("grand total", "sub-total", "subtotal", "sub total", "totals", "total", "sum"),
    *("gesamtsumme", "zwischensumme", "gesamt", "summe", "total général", "sous-total", "somme"),
    *("totale complessivo", "totale generale", "subtotale", "totale", "somma"),
    *("celkem", "součet", "mezisoučet", "total general", "suma", "totaal", "итого"),
    *("合计", "总计", "小计", "总和", "合計", "總計"),
)
"""What the label of a row of totals starts with."""

FOOTER = r"\(?[0-9]+ (?:rows?|records?)(?: affected| selected| returned)?\)?\.?"
"""The line with which database clients end an export, such as (52 rows affected)."""

STYLES = (
    *("iso", "excel", "%Y%m%d", "%d%m%Y", "%m%d%Y", "%d%m%y", "%m%d%y", "%y%m%d"),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%m.%d.%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%y/%m/%d", "%y-%m-%d", "%y.%m.%d"),
    *("%d. %m. %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %b %y", "%d/%b/%Y", "%d.%b.%Y", "%b %d, %Y"),
    *("%d-%B-%Y", "%d %B %Y", "%B %d, %Y", "%d%b%Y", "%Y年%m月%d日"),
    *("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"),
    *("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p"),
    *("%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S"),
    *("%d-%b-%Y %H:%M", "%d-%b-%Y %H:%M:%S"),
)
"""How dates are usually written."""
