"""Write the exports of this directory and their truths; the mappings are written by hand.

Run it with xlsxwriter installed. The same seed gives the same files.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

AS_OF = date(2026, 11, 1)
NO_BREAK, NARROW_NO_BREAK = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
EDGES = ["12500", "1200", "0", "0.05", "999.99", "1000", "412.5", "1234567.5", "250000"]
"""The first amounts of every export: the least and the largest, and those with few or no decimals."""

ATTITUDES = ("cooperative", "unknown", "passive", "evasive", "hostile")
PRODUCTS = ("credit_card", "online_loan", "other")


@attrs.frozen
class Account:
    """One account, with None for each value that its export lacks."""

    borrower_id: str
    amount_overdue: Decimal
    days_past_due: int
    attitude: str | None
    failed_messages: int | None
    failed_calls: int | None
    broken_promises: int | None
    placed_with_agency: bool | None
    repayment_plan: bool | None
    product: str | None

    @property
    def due(self) -> date:
        """The oldest unpaid due date."""
        return AS_OF - timedelta(days=self.days_past_due)


@attrs.frozen
class Export:
    """A file, the accounts in it, and the fields that it contains."""

    content: bytes
    accounts: list[Account]
    fields: tuple[str, ...]


Columns = dict[str, "Callable[[Account], Any]"]
REQUIRED = ("amount_overdue", "days_past_due")
FIELDS = tuple(name for name in attrs.fields_dict(Account) if name != "borrower_id")


def make_accounts(
    source: random.Random, count: int, number: str, missing: Sequence[str] = ()
) -> list[Account]:
    """Return accounts; a sixth of the values of the fields in `missing` is None."""
    found = []
    for place in range(count):
        amount = Decimal(round(source.lognormvariate(8.5, 1.3) * 100)) / 100
        if place < len(EDGES):
            amount = Decimal(EDGES[place])
        account = Account(
            borrower_id=number.format(source.randrange(1, 10) * 1000 + place),
            amount_overdue=amount,
            days_past_due=int(source.expovariate(1 / 150)) if place else 0,
            attitude=source.choice(ATTITUDES),
            failed_messages=int(source.expovariate(1 / 8)),
            failed_calls=int(source.expovariate(1 / 6)),
            broken_promises=int(source.expovariate(1 / 1.2)),
            placed_with_agency=source.random() < 0.3,
            repayment_plan=source.random() < 0.2,
            product=source.choice(PRODUCTS),
        )
        forgotten: dict[str, Any] = {name: None for name in missing if source.random() < 1 / 6}
        found.append(attrs.evolve(account, **forgotten))
    return found


def grouped(amount: Decimal | int, separator: str, point: str, places: int = 2) -> str:
    """Write a number with groups of three digits."""
    return f"{amount:,.{places}f}".replace(",", "\0").replace(".", point).replace("\0", separator)


def shortest(amount: Decimal, separator: str, point: str) -> str:
    """Write a number with groups of three digits, and with decimals only if it has some."""
    return grouped(amount, separator, point, 0 if amount == int(amount) else 2)


def indian(amount: Decimal) -> str:
    """Write a number in lakhs and crores: the last three digits, then groups of two."""
    digits, _, cents = f"{amount:.2f}".partition(".")
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(pairs), tail]) + f".{cents}"


def flag(value: bool | None, yes: str, no: str, missing: str = "") -> str:  # noqa: FBT001
    """Write a flag."""
    return missing if value is None else yes if value else no


def known(value: int | None, missing: str = "") -> str:
    """Write a count."""
    return missing if value is None else str(value)


def code(value: str | None, codes: Mapping[str, str], missing: str = "") -> str:
    """Write one of a field's levels by its code."""
    return missing if value is None else codes[value]


def split(count: int | None, parts: int) -> list[str]:
    """Return a count as summands; those that are 0 are left blank."""
    if count is None:
        return [""] * parts
    first = count // parts
    return [str(each) if each else "" for each in [count - first * (parts - 1)] + [first] * (parts - 1)]


def table(columns: Columns, accounts: Sequence[Account]) -> list[list[Any]]:
    """Return the header and the rows."""
    return [list(columns), *([write(each) for write in columns.values()] for each in accounts)]


def text(rows: Sequence[Sequence[Any]], delimiter: str, line_end: str = "\r\n") -> str:
    """Return rows as delimited text; cells are quoted where they must be."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return file.getvalue()


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return a workbook with typed cells; None is an empty cell."""
    import xlsxwriter  # noqa: PLC0415  # tests import this module without it

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 11, 1, tzinfo=UTC).replace(tzinfo=None)})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    sheet.write(row, column, cell, *([day] if isinstance(cell, date) else []))
    return file.getvalue()


def czech(source: random.Random) -> Export:
    """cp1250, `;`, decimal comma, no-break spaces between thousands, dates."""
    accounts = make_accounts(source, 48, "CZ-{}", ["attitude", "failed_calls", "broken_promises"])
    attitudes = dict(zip(ATTITUDES, ("SPOL", "NEZN", "PAS", "VYH", "ODM"), strict=True))
    products = dict(zip(PRODUCTS, ("KK", "SÚ", "JINÝ"), strict=True))
    columns: Columns = {
        "Číslo smlouvy": lambda a: a.borrower_id,
        "Pobočka": lambda a: "Plzeň" if a.failed_calls else "Ústí nad Labem",
        "Dlužná částka": lambda a: grouped(a.amount_overdue, NO_BREAK, ",") + f"{NO_BREAK}Kč",
        "Datum splatnosti": lambda a: f"{a.due:%d.%m.%Y}",
        "Postoj": lambda a: code(a.attitude, attitudes),
        "Počet SMS bez odezvy": lambda a: known(a.failed_messages),
        "Počet hovorů bez odezvy": lambda a: known(a.failed_calls),
        "Porušené přísliby": lambda a: known(a.broken_promises),
        "Předáno agentuře": lambda a: flag(a.placed_with_agency, "Ano", "Ne"),
        "Splátkový kalendář": lambda a: flag(a.repayment_plan, "ano", "ne"),
        "Produkt": lambda a: code(a.product, products),
    }
    return Export(text(table(columns, accounts), ";").encode("cp1250"), accounts, FIELDS)


def german(source: random.Random) -> Export:
    """cp1252, two lines above the header, a row of totals, amounts with and without decimals."""
    accounts = make_accounts(source, 45, "{}/00", ["attitude", "failed_messages", "placed_with_agency"])
    attitudes = dict(
        zip(ATTITUDES, ("kooperativ", "ungeklärt", "passiv", "weicht aus", "verweigert"), strict=True)
    )
    columns: Columns = {
        "Konto": lambda a: a.borrower_id,
        "Rückstand": lambda a: shortest(a.amount_overdue, ".", ",") + " €",
        "Verzugstage": lambda a: grouped(a.days_past_due, ".", ",", 0),
        "Verhalten": lambda a: code(a.attitude, attitudes, "k. A."),
        "Mahnungen ohne Reaktion": lambda a: known(a.failed_messages, "k. A."),
        "Anrufe erfolglos": lambda a: known(a.failed_calls, "k. A."),
        "Zusagen gebrochen": lambda a: known(a.broken_promises, "k. A."),
        "Inkasso": lambda a: flag(a.placed_with_agency, "ja", "nein", "k. A."),
        "Ratenplan läuft": lambda a: flag(a.repayment_plan, "Ja", "Nein", "k. A."),
    }
    total = shortest(sum((a.amount_overdue for a in accounts), Decimal(0)), ".", ",")
    above = [["Forderungsbestand Filiale Köln-Süd"], ["Stand:", "01.11.2026", "Währung:", "EUR"]]
    below = ["Summe", f"{total} €", *[""] * (len(columns) - 2)]
    rows = [*above, *table(columns, accounts), below]
    return Export(text(rows, ";").encode("cp1252"), accounts, FIELDS[:-1])


def french(source: random.Random) -> Export:
    """UTF-8 with a byte-order mark, narrow no-break spaces, "s.o.", a blank after a column name."""
    accounts = make_accounts(source, 42, "D{}", ["failed_messages", "failed_calls", "repayment_plan"])
    attitudes = dict(zip(ATTITUDES, ("coopératif", "inconnu", "passif", "fuyant", "hostile"), strict=True))
    columns: Columns = {
        "N° dossier": lambda a: a.borrower_id,
        "Montant impayé": lambda a: grouped(a.amount_overdue, NARROW_NO_BREAK, ",") + f"{NO_BREAK}€",
        "Date d'échéance": lambda a: f"{a.due:%d/%m/%Y}",
        "Comportement": lambda a: code(a.attitude, attitudes),
        "Courriers sans réponse": lambda a: known(a.failed_messages, "s.o."),
        "Appels sans réponse ": lambda a: known(a.failed_calls, "S.O."),
        "Promesses non tenues": lambda a: known(a.broken_promises),
        "Confié à une agence": lambda a: flag(a.placed_with_agency, "oui", "non"),
        "Plan d'apurement": lambda a: flag(a.repayment_plan, "Oui", "Non", "s.o."),
        "Observations": lambda a: "rappeler ; voir « dossier »" if a.failed_calls == 1 else "",
    }
    return Export(text(table(columns, accounts), ";").encode("utf-8-sig"), accounts, FIELDS[:-1])


def italian(source: random.Random) -> Export:
    """Tabs, one of them at the end of every line; months instead of days, halves included."""
    accounts = make_accounts(source, 40, "IT{}", ["failed_calls", "broken_promises", "product"])
    accounts = [attrs.evolve(each, days_past_due=each.days_past_due // 15 * 15) for each in accounts]
    products = dict(zip(PRODUCTS, ("Carta", "Prestito online", "Altro"), strict=True))
    columns: Columns = {
        "Pratica": lambda a: a.borrower_id,
        "Importo scaduto": lambda a: grouped(a.amount_overdue, ".", ","),
        "Mesi di ritardo": lambda a: f"{a.days_past_due / 30:g}".replace(".", ","),
        "Chiamate senza esito": lambda a: known(a.failed_calls, "n.d."),
        "Promesse non mantenute": lambda a: known(a.broken_promises, "N.D."),
        "Affidata a recupero": lambda a: flag(a.placed_with_agency, "sì", "no"),
        "Piano di rientro": lambda a: flag(a.repayment_plan, "SI", "NO"),
        "Prodotto": lambda a: code(a.product, products, "n.d."),
        "": lambda _: "",
    }
    absent = {"attitude", "failed_messages"}
    fields = tuple(name for name in FIELDS if name not in absent)
    return Export(text(table(columns, accounts), "\t", "\n").encode(), accounts, fields)


def swiss(source: random.Random) -> Export:
    """UTF-16 and tabs, as in the "Unicode text" of spreadsheets; apostrophes, years of two digits."""
    accounts = make_accounts(source, 30, "{}", ["attitude", "failed_calls"])
    attitudes = dict(zip(ATTITUDES, ("1", "9", "2", "3", "4"), strict=True))
    columns: Columns = {
        "Dossier-Nr.": lambda a: a.borrower_id,
        "Ausstand": lambda a: "CHF " + grouped(a.amount_overdue, "’" if a.failed_calls else "'", "."),
        "Fällig seit": lambda a: f"{a.due.day}.{a.due.month}.{a.due:%y}",
        "Verhaltenscode": lambda a: code(a.attitude, attitudes),
        "Tel. erfolglos": lambda a: known(a.failed_calls),
        "E-Mail erfolglos": lambda a: known(a.failed_messages),
        "Inkassobüro": lambda a: flag(a.placed_with_agency, "J", "N"),
    }
    fields = (*FIELDS[:5], "placed_with_agency")
    content = b"\xff\xfe" + text(table(columns, accounts), "\t").encode("utf-16-le")
    return Export(content, accounts, fields)


def points_only(source: random.Random) -> Export:
    """Three digits after every point, which are thousands, under the library's own names."""
    accounts = make_accounts(source, 30, "A{}")
    days = [400, 1000, 1250, *(each.days_past_due for each in accounts[3:])]
    accounts = [
        attrs.evolve(each, amount_overdue=Decimal(int(each.amount_overdue)), days_past_due=day)
        for each, day in zip(accounts, days, strict=True)
    ]
    columns: Columns = {
        "account": lambda a: a.borrower_id,
        "amount_overdue": lambda a: grouped(a.amount_overdue, ".", ",", 0),
        "days_past_due": lambda a: grouped(a.days_past_due, ".", ",", 0),
    }
    return Export(text(table(columns, accounts), ";", "\n").encode(), accounts, REQUIRED)


def serials(source: random.Random) -> Export:
    """Due dates as a spreadsheet's day numbers; X or blank; a line break in a column name."""
    accounts = make_accounts(source, 36, "{}", ["attitude", "broken_promises"])
    accounts = [
        attrs.evolve(
            each,
            placed_with_agency=each.placed_with_agency or None,
            repayment_plan=each.repayment_plan or None,
        )
        for each in accounts
    ]
    attitudes = dict(
        zip(ATTITUDES, ("A - cooperative", "?", "B - passive", "C - avoids", "D - refuses"), strict=True)
    )
    origin = date(1899, 12, 30)
    columns: Columns = {
        "Ref": lambda a: f'="{a.borrower_id:0>8}"',
        "Balance\noverdue": lambda a: f"{a.amount_overdue:.2f}".replace(".", ","),
        "Due": lambda a: str((a.due - origin).days),
        "Grade": lambda a: code(a.attitude, attitudes, "#N/A"),
        "Broken promises": lambda a: known(a.broken_promises, "#REF!"),
        "Agency": lambda a: flag(a.placed_with_agency, "X", ""),
        "Plan": lambda a: flag(a.repayment_plan, "x", ""),
    }
    rows = [*table(columns, accounts), *[[""] * len(columns)] * 2]
    absent = {"failed_messages", "failed_calls", "product"}
    fields = tuple(name for name in FIELDS if name not in absent)
    accounts = [attrs.evolve(each, borrower_id=f'="{each.borrower_id:0>8}"') for each in accounts]
    return Export(text(rows, ";").encode("cp1252"), accounts, fields)


def uk_calls(source: random.Random) -> Export:
    """Pounds in quotes, dates with the names of months, calls in three columns."""
    accounts = make_accounts(source, 50, "UK{}", ["failed_messages", "failed_calls", "repayment_plan"])
    attitudes = dict(zip(ATTITUDES, ("ENG", "UNK", "NOENG", "AVOID", "HOST"), strict=True))
    columns: Columns = {
        "Account No.": lambda a: a.borrower_id,
        "Arrears Balance": lambda a: "£" + grouped(a.amount_overdue, ",", "."),
        "Oldest Due Date": lambda a: f"{a.due:%d-%b-%Y}",
        "Customer Stance": lambda a: code(a.attitude, attitudes),
        "Calls Home": lambda a: split(a.failed_calls, 3)[0],
        "Calls Mobile": lambda a: split(a.failed_calls, 3)[1],
        "Calls Work": lambda a: split(a.failed_calls, 3)[2],
        "SMS + Email": lambda a: known(a.failed_messages, "-"),
        "Broken PTP": lambda a: known(a.broken_promises, "-"),
        "With DCA?": lambda a: flag(a.placed_with_agency, "Y", "N"),
        "On plan?": lambda a: flag(a.repayment_plan, "Y", "N", "-"),
    }
    return Export(text(table(columns, accounts), ",").encode("cp1252"), accounts, FIELDS[:-1])


def uk_pence(source: random.Random) -> Export:
    """Pence, time stamps in UTC, and the header once more where two months were joined."""
    accounts = make_accounts(source, 40, "L{}", ["broken_promises"])
    # In London the day begins an hour before midnight UTC in summer, and at midnight UTC in winter.
    hour = {True: time(23, 30), False: time(0, 15)}

    def stamp(account: Account) -> str:
        summer = 4 <= account.due.month <= 9
        day = account.due - timedelta(days=1) if summer else account.due
        return f"{datetime.combine(day, hour[summer]).isoformat()}Z"

    columns: Columns = {
        "account": lambda a: a.borrower_id,
        "arrears_pence": lambda a: str(int(a.amount_overdue * 100)),
        "due_at": stamp,
        "ptp_broken": lambda a: known(a.broken_promises),
        "calls_no_contact": lambda a: known(a.failed_calls),
        "in_plan": lambda a: flag(a.repayment_plan, "TRUE", "FALSE"),
    }
    rows = table(columns, accounts)
    fields = (*REQUIRED, "failed_calls", "broken_promises", "repayment_plan")
    return Export(text([*rows[:21], rows[0], *rows[21:]], ",", "\n").encode(), accounts, fields)


def us_dialer(source: random.Random) -> Export:
    """Compressed; terse names; -999 and NULL; counts with a decimal, as a data frame writes them."""
    accounts = make_accounts(source, 60, "{}", ["attitude", "failed_calls", "placed_with_agency", "product"])
    attitudes = dict(zip(ATTITUDES, ("COOP", "UNK", "PASSV", "SKIP", "REFUSE"), strict=True))
    products = dict(zip(PRODUCTS, ("CC", "PDL", "OTH"), strict=True))
    columns: Columns = {
        "acct": lambda a: a.borrower_id,
        "arrears": lambda a: f"{a.amount_overdue:.2f}",
        "dpd": lambda a: f"{a.days_past_due}.0",
        "attempts": lambda a: "-999.0" if a.failed_calls is None else f"{a.failed_calls}.0",
        "msgs": lambda a: known(a.failed_messages),
        "last_contact": lambda a: f"{AS_OF - (AS_OF - a.due) / 3:%m/%d/%Y}",
        "disposition": lambda a: code(a.attitude, attitudes, "NULL"),
        "dca": lambda a: flag(a.placed_with_agency, "1", "0", "-999"),
        "prod_cd": lambda a: code(a.product, products, "null"),
    }
    absent = {"broken_promises", "repayment_plan"}
    fields = tuple(name for name in FIELDS if name not in absent)
    content = gzip.compress(text(table(columns, accounts), ",", "\n").encode(), mtime=0)
    return Export(content, accounts, fields)


def us_loans(source: random.Random) -> Export:
    """Bars, dollars, dates with the month first, and an agency's name in place of a flag."""
    accounts = make_accounts(source, 44, "LN-{}", ["failed_messages", "broken_promises"])
    agencies = ("Acme Recovery LLC", "Blue Ridge Collections")
    columns: Columns = {
        "LoanID": lambda a: a.borrower_id,
        "PastDueAmt": lambda a: "$" + grouped(a.amount_overdue, ",", "."),
        "PastDueSince": lambda a: f"{a.due:%m/%d/%Y}",
        "LtrEmailNoResp": lambda a: known(a.failed_messages, "NULL"),
        "CallsNoRPC": lambda a: known(a.failed_calls, "NULL"),
        "BrokenPTPs": lambda a: known(a.broken_promises, "-999"),
        "AgencyAssigned": lambda a: flag(
            a.placed_with_agency, agencies[a.days_past_due % 2], "In-house", "In-house"
        ),
    }
    absent = {"attitude", "repayment_plan", "product"}
    fields = tuple(name for name in FIELDS if name not in absent)
    return Export(text(table(columns, accounts), "|").encode("ascii"), accounts, fields)


def chinese(source: random.Random) -> Export:
    """gb18030, amounts with a unit, dates and attitudes in Chinese."""
    accounts = make_accounts(source, 46, "借{}", ["attitude", "failed_calls", "failed_messages"])
    attitudes = dict(zip(ATTITUDES, ("配合", "不详", "消极", "躲避", "对抗"), strict=True))
    products = dict(zip(PRODUCTS, ("信用卡", "网贷", "其他"), strict=True))
    columns: Columns = {
        "借据号": lambda a: a.borrower_id,
        "逾期金额": lambda a: grouped(a.amount_overdue, ",", ".") + "元",
        "应还日期": lambda a: f"{a.due.year}年{a.due.month}月{a.due.day}日",
        "客户态度": lambda a: code(a.attitude, attitudes, "无"),
        "短信无回应次数": lambda a: known(a.failed_messages, "无"),
        "电话未接通次数": lambda a: known(a.failed_calls, "无"),
        "违约承诺次数": lambda a: known(a.broken_promises),
        "是否委外": lambda a: flag(a.placed_with_agency, "是", "否"),
        "是否分期": lambda a: flag(a.repayment_plan, "是", "否"),
        "产品": lambda a: code(a.product, products),
    }
    return Export(text(table(columns, accounts), ",").encode("gb18030"), accounts, FIELDS)


def indian_bank(source: random.Random) -> Export:
    """Lakhs, "Rs." and "/-", and a bucket in place of the days past due."""
    accounts = make_accounts(source, 45, "KA0{}", ["failed_calls", "broken_promises"])
    buckets = {0: "STD", 15: "SMA-0", 45: "SMA-1", 75: "SMA-2", 180: "NPA"}
    accounts = [
        attrs.evolve(each, days_past_due=max(day for day in buckets if day <= each.days_past_due))
        for each in accounts
    ]
    columns: Columns = {
        "Loan A/c No": lambda a: a.borrower_id,
        "OD Amt": lambda a: f"Rs. {indian(a.amount_overdue)}" + "/-" * (a.amount_overdue > 1000),
        "DPD Bucket": lambda a: buckets[a.days_past_due],
        "Calls Not Connected": lambda a: known(a.failed_calls, "NA"),
        "PTP Broken Count": lambda a: known(a.broken_promises, "NA"),
        "Allocated to Agency": lambda a: flag(a.placed_with_agency, "Yes", "No"),
        "Restructured": lambda a: flag(a.repayment_plan, "YES", "NO"),
    }
    absent = {"attitude", "failed_messages", "product"}
    fields = tuple(name for name in FIELDS if name not in absent)
    return Export(text(table(columns, accounts), ",").encode(), accounts, fields)


def uk_workbook(source: random.Random) -> Export:
    """Typed cells on the second sheet, a title, columns of numbers and text, a row of totals."""
    accounts = make_accounts(
        source, 38, "M{}", ["broken_promises", "failed_messages", "failed_calls", "placed_with_agency"]
    )
    attitudes = dict(zip(ATTITUDES, ("Engaged", "Not known", "Passive", "Avoiding", "Hostile"), strict=True))
    columns: Columns = {
        "Account": lambda a: a.borrower_id,
        "Arrears (£)": lambda a: float(a.amount_overdue),
        "Due date": lambda a: a.due,
        "Stance": lambda a: code(a.attitude, attitudes),
        "No-answer calls": lambda a: a.failed_calls,
        "Letters and e-mails": lambda a: "not recorded" if a.failed_messages is None else a.failed_messages,
        "Broken PTPs": lambda a: "n/a" if a.broken_promises is None else a.broken_promises,
        "DCA": lambda a: a.placed_with_agency,
    }
    total = float(sum(each.amount_overdue for each in accounts))
    rows = [["Arrears by account, 1 November 2026"], *table(columns, accounts), ["Total", total]]
    fields = tuple(name for name in FIELDS if name not in {"repayment_plan", "product"})
    return Export(workbook({"Notes": [["Figures are provisional."]], "Arrears": rows}), accounts, fields)


def chinese_workbook(source: random.Random) -> Export:
    """Amounts in units of ten thousand, numbers stored as text, 1 and 0, a row of totals."""
    accounts = make_accounts(source, 40, "No{}", ["failed_calls"])
    attitudes = dict(zip(ATTITUDES, ("配合", "未知", "拖延", "失联", "拒绝"), strict=True))
    columns: Columns = {
        "合同编号": lambda a: a.borrower_id,
        "逾期金额（万元）": lambda a: float(a.amount_overdue / 10_000),
        "逾期天数": lambda a: a.days_past_due if a.failed_messages else str(a.days_past_due),
        "还款意愿": lambda a: code(a.attitude, attitudes),
        "外呼失败次数": lambda a: a.failed_calls,
        "委外": lambda a: int(bool(a.placed_with_agency)),
        "分期还款中": lambda a: flag(a.repayment_plan, "是", "否"),
    }
    total = float(sum(each.amount_overdue for each in accounts) / 10_000)
    rows = [*table(columns, accounts), ["合计", total]]
    fields = (*REQUIRED, "attitude", "failed_calls", "placed_with_agency", "repayment_plan")
    return Export(workbook({"逾期台账": rows}), accounts, fields)


EXPORTS: dict[str, Callable[[random.Random], Export]] = {
    "czech.csv": czech,
    "german.csv": german,
    "french.csv": french,
    "italian.tsv": italian,
    "swiss.tsv": swiss,
    "points-only.csv": points_only,
    "serials.csv": serials,
    "uk-calls.csv": uk_calls,
    "uk-pence.csv": uk_pence,
    "uk-workbook.xlsx": uk_workbook,
    "us-dialer.csv.gz": us_dialer,
    "us-loans.csv": us_loans,
    "chinese.csv": chinese,
    "chinese-workbook.xlsx": chinese_workbook,
    "indian.csv": indian_bank,
}


def written(value: Any) -> str:
    """Write a value of the truth; empty if it is not known."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def make(directory: Path) -> None:
    """Write all exports and their truths to a directory."""
    for name, export_of in EXPORTS.items():
        export = export_of(random.Random(name))  # noqa: S311  # made to be repeated
        (directory / name).write_bytes(export.content)
        names = ["borrower_id", *export.fields]
        truth = [names, *([written(getattr(each, field)) for field in names] for each in export.accounts)]
        path = directory / f"{name.partition('.')[0]}.truth.csv"
        path.write_text(text(truth, ",", "\n"), encoding="utf-8", newline="")


if __name__ == "__main__":
    make(Path(__file__).parent)
