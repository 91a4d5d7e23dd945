"""The names that collections systems usually give to the fields of a borrower."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import attrs

DUE_DATE = "due_date"
"""The key of the names of dates from which `days_past_due` follows."""

NAMES = {
    "amount_overdue": """
        overdue amount, overdue amt, amount past due, amt past due, past due amount, past due amt,
        amt overdue, overdue balance, past due balance, balance overdue, balance past due, od amt,
        od amount, overdue, arrears, arrear, arrears amount, arrears amt, arrears balance, amount in arrears,
        balance, outstanding balance, delinquent amount, delinquent balance, amount delinquent,
        overdue principal, unpaid amount, amount unpaid, overdue value, pos overdue, overdue emi amount,
        emi overdue, overdue emi, emi arrears, od balance, dues, overdue dues, pending dues, dues amount,
        Rückstand, Rückstandsbetrag, Zahlungsrückstand, Rückstand Betrag, überfälliger Betrag,
        Betrag überfällig, fälliger Betrag, offener Betrag, Betrag offen, offene Forderung, offener Saldo,
        montant impayé, montant en retard, impayé, impayés, arriéré, arriérés, solde impayé,
        montant échu, solde en retard, encours impayé,
        importo scaduto, scaduto, importo insoluto, insoluto, importo arretrato, arretrato, arretrati,
        importo in arretrato, saldo scaduto, totale scaduto,
        dlužná částka, částka po splatnosti, dluh po splatnosti, po splatnosti, nedoplatek, výše dluhu,
        dlužný zůstatek, zůstatek po splatnosti,
        importe vencido, monto vencido, saldo vencido, deuda vencida, importe impagado, monto en mora,
        saldo en mora, importe en mora, importe adeudado, monto adeudado, atrasos,
        逾期金额, 逾期欠款, 逾期余额, 逾期本金, 逾期总额, 逾期总金额, 欠款金额, 欠款, 拖欠金额,
        逾期金額, 逾期餘額, 欠款金額
    """,
    "days_past_due": """
        dpd, days overdue, overdue days, days late, late, late days, days delinquent, delinquent days,
        days delinquency, delinquency days, days in arrears, arrears days, days in default, past due days,
        day past due, days past due date, days since due, days since due date, days after due date, od days,
        age of debt days, dpd days, current dpd, cur dpd, dayslate, dayspastdue, daysoverdue,
        Verzugstage, Tage in Verzug, Tage im Verzug, Tage Verzug, Tage überfällig, überfällig Tage,
        Überfälligkeitstage, Rückstandstage, Tage Rückstand, Tage im Rückstand, Tage seit Fälligkeit,
        Anzahl Verzugstage, Verzug in Tagen, Verzug Tage,
        jours de retard, retard en jours, nb jours retard, nb jours de retard, nombre de jours de retard,
        jours retard, retard jours, jours impayés, jours d'impayé, ancienneté de l'impayé,
        giorni di ritardo, giorni ritardo, giorni di scaduto, giorni scaduto, giorni di arretrato,
        giorni arretrato, gg ritardo, gg scaduto, ritardo in giorni,
        dny po splatnosti, dní po splatnosti, počet dní po splatnosti, dny prodlení, dní v prodlení,
        počet dní prodlení, dny v prodlení, prodlení ve dnech, dpd dny,
        días de mora, días mora, días de atraso, días atraso, días vencidos, días de retraso, días en mora,
        días de impago, mora en días, días vencido,
        逾期天数, 逾期日数, 拖欠天数, 逾期时长, 当前逾期天数, 逾期天數, 逾期日數
    """,
    DUE_DATE: """
        due date, payment due date, oldest due date, oldest unpaid due date, first due date,
        original due date, date due, due on, due since, overdue since, past due since, in arrears since,
        arrears since, arrears start date, delinquent since, missed due date,
        Fälligkeit, Fälligkeitsdatum, fällig am, fällig seit, Fälligkeitstag, überfällig seit,
        in Verzug seit, Verzug seit, Verzugsbeginn,
        date d'échéance, date échéance, échéance, date d'exigibilité, impayé depuis, en retard depuis,
        data scadenza, data di scadenza, scadenza, scaduto dal, insoluto dal,
        datum splatnosti, splatnost, splatno dne, den splatnosti, po splatnosti od, v prodlení od,
        fecha de vencimiento, fecha vencimiento, vencimiento, en mora desde, fecha de mora,
        到期日, 到期日期, 应还日期, 应还款日, 逾期日期, 逾期开始日期, 逾期起始日, 應還日期
    """,
    "failed_calls": """
        Anrufe ohne Antwort, Anrufe ohne Erfolg, erfolglose Anrufversuche, dialler attempts, dialer attempts,
        calls no response, calls no reply,
        calls, call attempts, attempts, contact attempts, failed contacts, failed attempts,
        failed contact attempts, failed call attempts, unsuccessful attempts, unsuccessful calls,
        unanswered calls, calls unanswered, calls failed, calls without result, calls no answer, no answer,
        no answers, no answer count, no answer calls, not reached, not reached calls, missed calls,
        phone calls, phone attempts, dial attempts, dials, outbound calls, telephone calls,
        tele calls, telecalls, telecalling attempts, call count, calls made,
        calls count, rnr, ringing no response,
        attempts no contact, no contact attempts,
        Anrufe, Anrufversuche, erfolglose Anrufe, Kontaktversuche, erfolglose Kontaktversuche,
        Anzahl Anrufe, Anzahl Anrufversuche, vergebliche Anrufe, nicht erreicht, Telefonate,
        Anzahl Kontaktversuche, Telefonversuche,
        appels, nb appels, nombre d'appels, appels sans réponse, appels infructueux, tentatives d'appel,
        tentatives de contact, appels échoués, tentatives de contact infructueuses,
        chiamate, numero chiamate, chiamate fallite, chiamate senza risposta, tentativi di chiamata,
        tentativi di contatto, chiamate senza esito, telefonate, telefonate senza esito,
        volání, počet volání, hovory, počet hovorů, neúspěšné hovory, neúspěšná volání, nepřijaté hovory,
        počet neúspěšných hovorů, pokusy o kontakt, počet pokusů o kontakt, počet telefonátů,
        llamadas, número de llamadas, llamadas fallidas, llamadas sin respuesta, intentos de llamada,
        intentos de contacto, llamadas sin contestar, llamadas no contestadas,
        电话次数, 拨打次数, 外呼次数, 未接次数, 未接通次数, 未接电话次数, 呼叫次数, 联系次数, 催收次数,
        催收电话次数, 无效电话次数, 失败电话次数, 拨打失败次数, 電話次數, 撥打次數
    """,
    "failed_messages": """
        SMS ohne Antwort, SMS no response, texts no reply, texts no response, unanswered texts,
        messages no reply, letters sent, letters no reply, emails no reply,
        sms, messages, sms count, sms sent, texts sent, text messages, messages sent, message count,
        unanswered messages, failed sms, unanswered sms, sms no reply, messages unanswered, reminders,
        reminders sent, reminder count,
        emails sent, emails, sms and emails, unanswered emails, dunning messages,
        sms attempts, message attempts, whatsapp messages, whatsapp sent, sms reminders, letters and sms,
        Nachrichten, Anzahl Nachrichten, Anzahl SMS, SMS versendet, gesendete SMS, Mahnungen,
        Anzahl Mahnungen, erfolglose Nachrichten, unbeantwortete Nachrichten, Erinnerungen,
        nb sms, nombre de sms, sms envoyés, messages envoyés, messages sans réponse, relances,
        nb relances, nombre de relances, nb messages, courriels envoyés,
        messaggi, numero messaggi, sms inviati, messaggi inviati, messaggi senza risposta, solleciti,
        numero solleciti,
        zprávy, počet zpráv, počet sms, odeslané sms, odeslané zprávy, upomínky, počet upomínek,
        neúspěšné zprávy,
        mensajes, número de mensajes, número de sms, sms enviados, mensajes enviados, mensajes sin respuesta,
        recordatorios,
        短信次数, 短信条数, 短信数, 短信数量, 发送短信次数, 消息数, 消息次数, 未回复短信数, 短信催收次数,
        無效短信數, 短信次數, 簡訊次數
    """,
    "broken_promises": """
        Zusage gebrochen, Zusagen gebrochen,
        bp, broken ptp, ptp broken, broken ptps, ptps broken, promises broken, promise broken,
        broken promise, broken promise count, broken promise to pay, broken promises to pay,
        promises not kept, promise not kept, failed promises, failed ptp, ptp failed, ptp breached,
        missed promises, unkept promises, kept not promises, promise to pay broken, ptp not honoured,
        ptp not honored, ptp bounce,
        gebrochene Zusagen, gebrochene Zahlungszusagen, nicht eingehaltene Zusagen,
        nicht eingehaltene Zahlungszusagen, gebrochene Versprechen, gebrochene Zahlungsversprechen,
        promesses rompues, promesses non tenues, promesses de paiement non tenues,
        promesses non respectées, engagements non tenus,
        promesse non mantenute, promesse mancate, promesse di pagamento non mantenute, promesse disattese,
        nesplněné sliby, porušené sliby, počet nesplněných slibů, počet porušených slibů,
        nedodržené sliby, porušené přísliby, nesplněné přísliby,
        promesas incumplidas, promesas rotas, promesas de pago incumplidas, compromisos incumplidos,
        失信次数, 承诺未兑现次数, 违约承诺次数, 跳票次数, 失约次数, 承诺还款未还次数, 违诺次数, 爽约次数
    """,
    "placed_with_agency": """
        Abgabe Inkasso, Abgabe an Inkasso,
        agency, dca, with agency, at agency, in agency, at dca, placed with dca, with dca,
        placed at agency, agency placed,
        agency placement, dca placement, dca flag, agency flag, outsourced, outsourced flag, is outsourced,
        collection agency, external agency, external collection, external collections, third party agency,
        agency assigned, assigned to agency, referred to agency, sent to agency, sent to dca,
        agency allocated, allocated to agency, allocated agency, agency name, dca name, is with agency,
        Inkasso, Inkassobüro, an Inkasso abgegeben, Inkasso übergeben, Inkassodienstleister, bei Inkasso,
        Inkassofirma, externes Inkasso, an Inkasso übergeben,
        agence de recouvrement, société de recouvrement, recouvrement externe, confié à une agence,
        externalisé, confié à un prestataire, cabinet de recouvrement,
        agenzia, agenzia di recupero, società di recupero, recupero crediti esterno, affidato ad agenzia,
        affidato, esternalizzato, agenzia esterna,
        agentura, inkasní agentura, inkasní agentuře, předáno agentuře, předáno inkasu, externí inkaso,
        inkaso, externí vymáhání, vymáhací agentura,
        agencia, agencia de cobro, agencia de cobranza, agencia de recobro, en agencia, cobranza externa,
        empresa de recobro, despacho de cobranza, externalizado,
        委外, 是否委外, 委外标志, 委外催收, 委外机构, 是否外包, 外包催收, 催收公司, 委外公司, 是否委托第三方
    """,
    "repayment_plan": """
        payment plan, instalment plan, installment plan, instalment agreement, installment agreement,
        arrangement, payment arrangement, repayment arrangement, arrangement to pay, arrangement flag,
        plan flag, on plan, in plan, has plan, on payment plan, on arrangement, repay plan, active plan,
        active arrangement, payment agreement, repayment agreement, instalment arrangement,
        plan active, has payment plan, has arrangement,
        Ratenzahlung, Ratenplan, Ratenvereinbarung, Ratenzahlungsvereinbarung, Zahlungsvereinbarung,
        Tilgungsplan, Rückzahlungsplan, Zahlungsplan, Stundung,
        plan de remboursement, plan d'apurement, échéancier, plan de paiement, accord de paiement,
        piano di rientro, piano di rimborso, piano di pagamento, piano rateale, rateizzazione,
        splátkový kalendář, splátkový plán, dohoda o splátkách, splátková dohoda,
        plan de pagos, plan de pago, acuerdo de pago, convenio de pago, plan de reembolso, fraccionamiento,
        还款计划, 分期还款, 分期计划, 是否分期, 还款协议, 还款安排, 分期协议, 個性化分期, 个性化分期, 還款計劃
    """,
    "attitude": """
        disposition, last disposition, contact result, Verhaltenscode, Verhaltensschlüssel,
        behaviour, behavior, willingness, willingness to pay, customer attitude, borrower attitude,
        debtor attitude, client attitude, customer behaviour, customer behavior, borrower behaviour,
        borrower behavior, debtor behaviour, debtor behavior, cooperation, co operation, cooperativeness,
        cooperation level, cooperativity, stance, responsiveness, customer cooperation, intent to pay,
        Verhalten, Einstellung, Haltung, Kooperation, Kooperationsbereitschaft, Zahlungsbereitschaft,
        Zahlungswille, Schuldnerverhalten, Kundenverhalten, Zahlungswilligkeit, Mitwirkung,
        comportement, attitude client, attitude du client, attitude du débiteur, coopération,
        volonté de payer, comportement client,
        atteggiamento, comportamento, collaborazione, disponibilità a pagare, comportamento cliente,
        postoj, chování, postoj dlužníka, přístup dlužníka, chování dlužníka, ochota platit, spolupráce,
        ochota, ochota splácet,
        actitud, comportamiento, voluntad de pago, disposición de pago, disposición a pagar, cooperación,
        actitud del cliente,
        态度, 客户态度, 还款意愿, 还款态度, 配合度, 配合程度, 借款人态度, 催收态度, 態度, 還款意願
    """,
    "product": """
        product type, loan type, debt type, credit type, product category, product kind, kind of debt,
        type of debt, type of loan, loan product, credit product, product class, product line, facility type,
        Produkt, Produktart, Produkttyp, Kreditart, Forderungsart, Kreditprodukt, Art der Forderung,
        produit, type de produit, type de crédit, type produit, type de prêt,
        prodotto, tipo prodotto, tipo di prodotto, tipo di credito, tipologia prodotto,
        typ produktu, druh produktu, typ úvěru, druh úvěru,
        producto, tipo de producto, tipo producto, tipo de crédito, tipo de préstamo,
        产品, 产品类型, 产品类别, 贷款类型, 贷款产品, 贷款品种, 借款类型, 业务类型, 產品類型
    """,
}
"""The names of each field, in English, German, French, Italian, Czech, Spanish and Chinese.

A word that could be anything, such as status, type, amount or total, is not listed alone.
"""

_IN_BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]")
_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_COUNT = re.compile(
    r"^(?:total )?(?:number of|no of|num of|num|count of|nr of|nr|nb|n|total|anzahl|anz|pocet) (?=.)"
)
_CURRENCY = re.compile(r"(?<=.) (?:eur|euro|usd|gbp|chf|czk|kc|inr|rs|cny|rmb|mxn|元)$")
_SUFFIXES = (
    (
        re.compile(r"(?<=.) (?:cnt|count|counts|ct|nbr|qty|total)$"),
        ("failed_messages", "failed_calls", "broken_promises"),
    ),
    (re.compile(r"(?<=.) (?:flag|flg|ind|indicator|yn)$"), ("placed_with_agency", "repayment_plan")),
    (re.compile(r"(?<=.) (?:code|cd|id)$"), ("attitude", "product", "placed_with_agency", "repayment_plan")),
)
"""Words after the name of a field, and the fields that they go with."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@attrs.frozen
class Meaning:
    """What a column means by its name.

    Attributes
    ----------
    field : str
        The field of a borrower.
    is_date : bool
        Whether the column contains the date from which the field follows.
    """

    field: str
    is_date: bool = False


def normalize(name: str) -> str:
    """Return a name as lower-case words without accents, such as "dias de mora" for "DíasDeMora"."""
    decomposed = unicodedata.normalize("NFKD", _IN_BRACKETS.sub(" ", name))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _NOT_A_LETTER.sub(" ", _CAMEL_CASE.sub(" ", plain).casefold()).strip()


def listed_names() -> dict[str, list[str]]:
    """Return the names as they are listed."""
    return {key: [name.strip() for name in names.split(",")] for key, names in NAMES.items()}


@cache
def _meanings() -> dict[str, Meaning]:
    """Return the meaning of each normalized name; ä, ö and ü may also be written ae, oe and ue."""
    meanings: dict[str, Meaning] = {}
    for key, names in listed_names().items():
        meaning = Meaning("days_past_due", is_date=True) if key == DUE_DATE else Meaning(key)
        spellings = [
            *names,
            *(name.translate(_UMLAUTS) for name in names),
            *([key] if key != DUE_DATE else []),
        ]
        meanings |= dict.fromkeys(map(normalize, spellings), meaning)
    return meanings


@lru_cache(maxsize=4096)
def meaning_of(column: str) -> Meaning | None:
    """Return what a column means by its name, or None if that is not known."""
    if len(column) > 80:
        return None
    meanings, name = _meanings(), normalize(column)
    without_currency = _CURRENCY.sub("", name)
    without_count = _COUNT.sub("", without_currency)
    found = meanings.get(name) or meanings.get(without_currency) or meanings.get(without_count)
    for suffix, fields in _SUFFIXES:
        shorter = None if found else meanings.get(suffix.sub("", without_count))
        if shorter is not None and shorter.field in fields:
            found = shorter
    return found


def field_meant_by(column: str) -> str | None:
    """Return the field that a column contains by its name, or None; dates are left out."""
    meaning = meaning_of(column)
    return None if meaning is None or meaning.is_date else meaning.field
