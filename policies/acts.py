"""What shoppers say when they want something done: one pattern per act, in six languages, over plain words."""

import re
from typing import Literal

Act = Literal["add", "remove", "change", "undo", "buy", "after"]

_CART = r"(?:cart|basket|bag|trolley|warenkorb|einkaufskorb|korb|panier|carrito|cesta|carrello|winkelwagen|mandje)"
_IT = r"(?:it|that|this|them|these|those|the|both|all|everything|one|two|three|four|five|another|\d+)"
_WILL = r"(?:i'll|i will|i'd|i would|i'm going to|i am going to|we'll|let's|let us|can i|could i|may i|i want to)"
_LOOK = r"(?! (?:(?:a|an|some|any|something|anything|more|no|nothing|to|back|rid)\b(?! (?:pair|couple)\b)))"

ADD = re.compile(
    rf"\b(?:add|adding|put|pop|stick|chuck)\b(?! (?:it |that |them )?back)|\b(?:throw|drop)\b.*\b(?:in|into"
    rf"|to)\b.*{_CART}"
    rf"|\b{_WILL} (?:like to |love to |just |also |then |rather )*(?:take|have|go (?:with|for)|grab|get|buy"
    rf"|do)\b{_LOOK}"
    rf"|^(?:(?:ok|yes|great|perfect|fine|good|please|then|so|and|now|just) )*(?:take|grab|get|choose|pick) {_IT}\b"
    rf"|\b(?:i want|i need|i'd like|i would like|i'd love|give me|get me|want|need) (?:also |too )?{_IT}\b"
    r"|^give me$|\b(?:one|two|three|\d+) of each\b|\bsold\b(?! out)|\b(?:one|two|three|\d) more\b"
    r"|\banother (?:one|of|pair)\b|^(?:and )?another\b"
    rf"|\b(?:one|two|three|four|five|six|\d+|a pair|a couple) of (?:it|those|them|these|that|the)\b"
    rf"|\b(?:in|into|to) (?:my |the |your )?(?:shopping )?{_CART}\b"
    r"|\b(?:that|this)(?: one)?(?: please| then| it is| will do)$|^(?:ok |yes |great |perfect |fine "
    r"|sure )+(?:that|this|it)\b"
    r"|\b(?:the|that|this) [\w ]*?(?:one )?(?:please|it is|will do)$"
    # German
    rf"|\bin (?:den|meinen) {_CART}\b|\b(?:leg|lege|pack|packe|fug|fuge|tu|tue|nimm|nehme|nehm|hinzufugen)\b"
    rf"|\bich (?:mochte|will|hatte|brauche) (?:gern(?:e)? |bitte |auch |noch )*(?:den|die|das|diese\w*|beide"
    rf"|ihn|sie|es)\b"
    r"|\bnoch (?:ein\w*|zwei|drei)\b"
    # French, Spanish, Italian, Dutch
    rf"|\b(?:ajoute[rz]?|mets|mettez|mettre|prends|prendrai|prendre)\b|\b(?:dans|au) (?:le |mon )?{_CART}\b"
    rf"|\b(?:anade\w*|anadir|agrega\w*|pon|ponlo|ponla|poner|llevo|quedo)\b|\b(?:al|en el|en mi) {_CART}\b"
    rf"|\b(?:aggiungi\w*|aggiungere|metti\w*|mettere|prendo)\b|\bnel {_CART}\b"
    rf"|\b(?:voeg|toevoegen|neem)\b|\bin (?:mijn|de|het) {_CART}\b"
)
BUY = re.compile(
    r"(?<!my )(?<!an )(?<!last )(?<!your )(?<!order )\bcheck ?out\b"
    r"|(?<!worth )(?<!about to )(?<!others )(?<!people )\b(?:buy|purchase)\b"
    r"(?! (?:an?|some|something|anything|any|new|more)\b)|\b(?:proceed|go|on|me) to (?:the )?(?:till|payment"
    r"|check ?out)\b"
    r"|\bpay(?: now| for)?\b(?! (?:by|with|in|using|via|later))|\bpay with (?:my|the)\b"
    rf"|(?<!my )(?<!the )(?<!an )(?<!this )(?<!last )(?<!of )(?<!your )(?<!about )(?<!for )\border (?:now|what"
    rf"|my|one|please|{_IT})\b"
    r"|^(?:(?:please|just|can you|could you|ok|yes|then|now|and|i want to|i'd like to"
    r"|let's) )*order\b(?! (?:status|number|history))"
    r"|\b(?:place|complete|finish|submit|confirm|finali[sz]e|approve) (?:the |my |an |this )*(?:order|purchase"
    r"|cart)\b"
    r"|\b(?:ring|cash) (?:it|me|them) up\b|\b(?:use|charge) my card\b|\bpre ?approve\b|\bhave my (?:permission"
    r"|approval|ok)\b"
    rf"|^(?:(?:yes|ok|please|now) )*(?:place|confirm|approve|submit) it\b|\bready to (?:order|pay|buy)\b"
    r"|\b(?:use|apply|redeem|enter|with|add|try)\b.*\b(?:coupon|voucher|promo|gutschein)\b"
    r"|\bcode [a-z]*\d[a-z0-9]*|\b(?:express|next day"
    r"|standard) (?:delivery|shipping)\b"
    r"|\b(?:new|fresh|another) (?:card|quote)\b|\bprepare (?:the|my) order\b"
    r"|\b(?:kaufen|kaufe|bestellen|bestelle|bestell|bezahlen|zahlen)\b|\bzur kasse\b"
    r"|\b(?:acheter|achete[rz]?|commander|commandez|payer)\b|\bpasser (?:la |ma )?commande\b"
    r"|\b(?:comprar|compra|comprarlo|compralo|pagar|pedirlo)\b|\b(?:comprare|ordinare|ordina|pagare|acquistare)\b"
    r"|\b(?:kopen|koop|bestellen|afrekenen|betalen)\b"
)
REMOVE = re.compile(
    r"\b(?:remove|delete|discard|drop|lose)\b|\b(?:empty|clear)(?: out)? (?:the|my|it|everything|all|cart"
    r"|basket)\b|\b(?:get rid of|throw (?:out|away|it out))\b"
    r"|\btake (?:[\w' ]+ )?(?:out|off|away)\b|\b(?:don't|do not|no longer) (?:want|need)\b|\bwithout (?:the|that)\b"
    r"|\bchanged my mind\b|\bcancel (?:it|that|this|the)\b"
    r"|\b(?:entfern\w*|losch\w*|streich\w*|leere?n?)\b|\b(?:nimm|nehm\w*|tu|mach)\b.*\b(?:raus|heraus|weg)\b"
    r"|\b(?:raus|weg)\b"
    r"|\b(?:enleve\w*|retire\w*|supprime\w*|vide[rz]?|ote[rz]?)\b|\b(?:quita\w*|elimina\w*|borra\w*|vacia\w*"
    r"|saca\w*)\b"
    r"|\b(?:togli\w*|rimuovi\w*|svuota\w*|verwijder\w*|leeg\w*)\b|\bhaal\b.*\b(?:weg|eruit|uit)\b"
)
CHANGE = re.compile(
    r"\b(?:make|change|switch|swap|update|set|turn|replace|exchange|double|halve|reduce|increase|rather|instead"
    r"|actually"
    r"|quantity|too many|fewer|less|more|another|only|just)\b|\b(?:want|need|get|have|take) (?:\w+ )?(?:one|two"
    r"|three|four|five|\d+)\b"
    r"|\b(?:ander\w*|mach\w*|tausch\w*|statt|stattdessen|lieber|doch|nur|mehr)\b|\b(?:change[rz]?|remplace\w*"
    r"|plutot|fais|mets|mettez)\b"
    r"|\b(?:cambia\w*|mejor|pon\w*|invece|piuttosto|metti\w*|wijzig\w*|verander\w*|maak|liever)\b"
)
SWAP = re.compile(
    r"\b(?:swap|replace|exchange|switch|change|instead|tausch\w*|statt\w*|remplace\w*|cambia\w*|vervang\w*)\b"
)
UNDO = re.compile(
    r"\bundo\b|\brevert\b|\b(?:take|took|put|add|bring) (?:[\w' ]+ )?back\b|^(?:no |oops |sorry |oh )*never ?mind\b"
    r"|\bscratch that\b|\bgo back to (?:how|what|before)\b|\breverse (?:it|that)\b|\bctrl z\b"
    r"|\bwhat you just (?:added|did)\b|\bby mistake\b|\boops\b|\brestore\b"
    r"|\bruckgangig\b|\bzuruck\b|\bannule[rz]?\b|\bdeshac\w*\b|\bdeshaz\b|\bannulla\w*\b|\bongedaan\b|\bterug\b"
)
_OTHERWISE = re.compile(
    r"\b(?:exchange\w*|swap\w*|switch|change|replace)\b(?! (?:our|my old))|\b(?:take|remove|leave)\b.*\border\b"
    r"|\b(?:instead|make|rather)\b.*\border\b|\border\b.*\b(?:instead|make|rather)\b"
    r"|\b(?:umtausch\w*|tausch\w*|echange\w*|cambi\w*|ruil\w*)\b"
)
ORDER_CHANGES: dict[str, re.Pattern[str]] = {
    "cancel": re.compile(r"\b(?:cancel\w*|call off|storn\w*|annul\w*|stop)\b"),
    "return": re.compile(
        r"\b(?:return\w*|refund\w*|money back|broken|damaged|faulty|wrong (?:size|colou?r|item|one|product)"
        r"|retour\w*|rembours\w*|devol\w*|devuelv\w*"
        r"|restitu\w*|reso|zuruck\w*|ruckgabe|umtausch\w*|terug\w*)\b|\b(?:send|give|take|bring)\b.*\bback\b"
    ),
    "exchange": _OTHERWISE,
    "items": _OTHERWISE,
    "payment": re.compile(
        r"\b(?:paid|payment|charge|(?:other|another|different|my) (?:\w+ )?card|pay (?:with|by|from)|zahl\w*"
        r"|karte|pagar|pago|tarjeta|payer|paiement|carte|betaal\w*)\b"
    ),
    "address": re.compile(
        r"\b(?:address|send|ship|deliver|redirect|elsewhere|adresse|liefer\w*|schick\w*|livre\w*|envoie\w*|direccion"
        r"|envia\w*|indirizzo|spedi\w*|adres|bezorg\w*|stuur)\b"
    ),
}
YES = re.compile(
    r"^(?:(?:yes|yeah|yep|yup|sure|ok|okay|alright|absolutely|definitely|please|do|it|that|go|ahead|correct"
    r"|right|fine|of"
    r"|course|sounds|good|great|perfect|thanks|thank|you|ja|gern|gerne|bitte|genau|oui|bien|sur|d'accord|si"
    r"|claro|vale"
    r"|por|favor|certo|graag|add|them|i|confirm|why|not)\b ?)+$"
)
_ASKS: dict[str, re.Pattern[str]] = {
    "add": re.compile(r"\b(?:add|put|cart|basket|want (?:it|this|that|one)|take (?:it|this|that))\b"),
    "remove": re.compile(r"\b(?:remove|take (?:it|that|this|them|the)\b.*\b(?:out|off)|delete|drop)\b"),
    "change": re.compile(r"\b(?:change|make (?:it|that|them)|swap|replace|instead)\b"),
    "undo": re.compile(r"\b(?:undo|back)\b"),
    "buy": re.compile(r"\b(?:order|buy|check ?out|pay|prepare|card)\b"),
    "after": re.compile(r"\b(?:cancel|return|refund|exchange|address|send|swap)\b"),
}
_PATTERNS: dict[str, re.Pattern[str]] = {"add": ADD, "remove": REMOVE, "change": CHANGE, "undo": UNDO, "buy": BUY}

# A wish that is only talked about: questions for advice, conditions, plans, and what somebody else says.
ASKED = re.compile(
    r"^(?:(?:and|so|but|hm+|well|ok|wait|oh|please|first|depends|can you|could you|would you) )*(?:what|which"
    r"|why(?! (?:not|don't))|how(?! about adding)|when"
    r"|where|who|is|are|was"
    r"|were|does|do (?:you|they|i|we)|did|has|have (?:you|they)|should|shall|would (?:it|that|you (?:buy|take"
    r"|get|choose|pick|order))"
    r"|am i|can (?:i (?:send (?:you|a)|pay (?:with|by|in|using|via|later|on)|return (?:some|any|an?)\b)|things)"
    r"|show|find|compare|tell|search|look"
    r"|recommend|suggest|explain|describe|list"
    r"|wie|was|warum|wann|wo|welche\w*|ist|sind|soll\w*|zeig\w*|que|quel\w*|pourquoi|comment|est ce|combien|montre\w*"
    r"|cuanto|cual|como|donde|muestra\w*|quanto|quale|come|perche|mostra\w*|hoe|wat|welke|waarom|toon)\b"
)
UNMEANT = re.compile(
    r"\b(?:on|onto|to|in) (?:an?|the|my|this|that) (?:[\w']+ ){0,3}(?:board|wish ?list|short ?list|favou?rites)\b|"
    r"\b(?:if|before (?:i|we|you|buying|ordering)|unless|until|whether|worth|thinking (?:of|about)|considering"
    r"|might|maybe later|not yet|not now|someday|tomorrow|next (?:week|month|time)"
    r"|wenn|falls|bevor|si (?:je|compro)|quizas|forse|misschien)\b"
    r"|\b(?<!i )(?:says?|said|reads?|asks|asked|tells|told|wrote|writes|claims?|states?|recommends?"
    r"|suggests?|mentions?)\b"
)
# What follows is not wanted: "add the lamp, not the desk", "don't add it".
REFUSED = re.compile(
    r"\b(?:don't|do not|never(?! ?mind)|nicht|kein\w*|non|niet|geen|not|won't|wouldn't|instead of|rather than|anstatt"
    r"|au lieu)\b"
)
# "Give me the reviews of the first one" names a thing and asks for words.
INFORMATION = re.compile(
    r"\b(?:price|prices|details?|dimensions?|measurements?|reviews?|description|information|info|material|materials"
    r"|picture|pictures|photo|photos|link|rating|ratings|difference|warranty|similar|cheaper|alternatives?"
    r"|matching|options)\b"
)
ALONG = re.compile(r"^(?:and|plus|also|und|auch|et|aussi|y|tambien|e|anche|en|ook)\b")


# Words that pick something shown without any verb: "ok the second, size 43", "the linen one, size L please".
PICKED = re.compile(
    r"^(?:ok|yes|then|rather|actually|great|perfect|sure|fine|alright|good)\b.*|.*\b(?:please|bitte|then"
    r"|it is)$|.*\b(?:both)$"
)
LOOKING = re.compile(
    r"\b(?:show|see|find|look|looking|tell|compare|search|recommend|suggest|any|anything|else|more|similar|like"
    r"|cheaper"
    r"|smaller|bigger|remove|delete|undo|cancel|return|stop|no|not|nothing|help|how|what|which|why|is|are|does)\b"
)


def does(act: Act, clause: str, kind: str = "") -> bool:
    """Say whether a clause does `act`; for "after", the `kind` of change of an order."""
    return (ORDER_CHANGES[kind] if act == "after" else _PATTERNS[act]).search(clause) is not None


def asks_for(act: Act, question: str) -> bool:
    """Say whether a question of the assistant's is about doing `act`."""
    return _ASKS[act].search(question) is not None
