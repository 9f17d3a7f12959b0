"""Turns of phrase that tell an intent, one pattern each, over normalised text."""

import re

_CART = r"(?:my |the |your )?(?:shopping )?(?:cart|basket|trolley)"
GREET = re.compile(
    r"^(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|greetings|yo)(?: (?:there|again|"
    r"aisle|everyone|all))?$"
)
THANKS = re.compile(
    r"^(?:ok(?:ay)? |great |perfect |cool |lovely |no )?(?:many )?(?:thanks|thank you|thx|ty|cheers|"
    r"much appreciated)\b(?!.*\b(?:show|find|add|but)\b)|^that(?:'s| is| was) (?:very )?(?:helpful|all|"
    r"everything|it for (?:now|today))\b|^(?:bye|goodbye|see you)\b|^(?:hmm+,? ?)?(?:let me|i'll|i will|"
    r"i need to) think\b|^hmm+$"
)
HELP = re.compile(
    r"^help\b|\bwhat can (?:you|i|we) (?:do|help|ask)|\bhow (?:do|does|can) (?:this|you|i use (?:this|you)|"
    r"it) work|\bwhat (?:do you|can you) (?:do|help with|sell|offer|have|carry|stock)(?: here)?$|"
    r"\bcan you help(?: me)?$|\bi need (?:some )?help$|\bwho are you\b|\bwhat are you\b|\bare you (?:a |"
    r"an )?(?:ai|bot|robot|human|person|real|machine)"
)
HAND = re.compile(
    r"\b(?:speak|talk|chat|connect me|put me through|transfer me|hand me over) (?:to|with) (?:a |an |"
    r"some )?(?:person|human|someone|agent|real|somebody|advis|staff|colleague|manager|customer service)|"
    r"\b(?:human|customer service|real person|live agent)(?: please)?$|\bcall me back\b|\bi want a human\b"
)
REMEMBER = re.compile(
    r"^(?:please |can you |could you |and )*(?:remember|note|keep in mind|bear in mind|don't forget|make a note)"
    r" (?:that |of |my |i |i'm |me |down )|\b(?:forget|delete|erase|remove) (?:that i\b|about me\b|everything you "
    r"(?:know|remember)|(?:about )?my (?:\w+ )?(?:sizes?|preferences?|budget|room|notes|memory|likes|dislikes)\b)|"
    r"\bwhat (?:do|did) you (?:know|remember|store|keep)\b(?! about (?:the|this|that|these))|"
    r"\bdo you remember (?:me|my)\b|"
    r"\bi never (?:wear|buy)\b|\bi(?:'m| am) allergic to\b|\bmy (?:\w+ )?size is\b|"
    r"\b(?:remember|keep) (?:that|it) for next time\b|"
    r"\b(?:scrap|drop|clear|wipe|forget|reset) (?:my|the) (?:stored|saved|kept|noted|remembered) "
)
BOARD = re.compile(
    r"\bwhat (?:have|did|do) i (?:\w+ )?(?:pin|save|bookmark|like|star)(?:ned|d|ed|red)?\b|\b(?:mood ?board|board|"
    r"wish ?list|shortlist|favou?rites|save (?:it|this|that|them|these|those|"
    r"the \w+) (?:for later|to))\b|\bsave (?:it|this|that|them) for later\b(?!.*\b(?:cutting|chopping|ironing|"
    r"side) board)"
)
UNDO = re.compile(
    r"\bundo\b|\brevert\b|\bput (?:it|that|them) back\b|\btake that back\b|\badd (?:it|that|them|"
    r"the [\w ]+) back\b|\bgo back to (?:how|what) it was\b|\b(?:leave|keep|make|have|put|set) .*\b(?:how|as|like|"
    r"the way) (?:it|they) (?:was|were)\b|^(?:no |oops |sorry )*never ?mind(?: that)?$|"
    r"\bscratch that\b"
)
ORDER_STATUS = re.compile(
    r"\b(?:where(?:'s| is| are)|track|status of|check(?: on)?|find|follow) (?:my|the|our) (?:recent |last |"
    r"latest )?(?:orders?|package|parcel|delivery)|\border (?:status|history|number)\b|\bmy (?:\w+ )?orders\b|"
    r"\bmy (?:last|latest|recent|previous|past) (?:order|purchase)|\bwhen (?:will|does|is) my (?:order|"
    r"package|parcel|delivery)|\b(?:has|did|was|is) my (?:order|package|parcel|\w+ order)\b|\bwhat (?:did|"
    r"have) i (?:order|buy|bought|ordered)|\bi(?:'ve| have)? (?:already )?(?:pressed|clicked|tapped|"
    r"hit) (?:the |that )?(?:button|it|order)\b|"
    r"\bdid (?:my|the) (?:order|payment) (?:go|come)|\border (?:no\.? |"
    r"number |#)?[a-z]*\d{3,}|\b(?:what|how much) (?:did|have|was) i (?:pay|paid|spend|spent|charged)\b|"
    r"\b(?:where|when|what|how|is|has|did|any)\b.*\b[a-z]{1,3}-\d{4,}\b|^orders?$|\btrack(?:ing)? (?:number|info)"
)
OTHERS_ORDERS = re.compile(
    r"\b(?:other|another|someone else|somebody else|everyone(?: else)?|previous|last|next|all) ?(?:'?s)? "
    r"(?:people|person|customer|shopper|buyer|user|client)?(?:'?s'?)?\s?(?:recent |latest )?orders?\b"
    r"(?<!all orders)(?<!other order)(?<!other orders)(?<!another order)(?<!previous order)(?<!previous orders)"
    r"(?<!last order)(?<!last orders)(?<!next order)"
    r"|\b(?:orders?|purchases?|cart|basket|address|details|data|name|e ?mail|card|invoice) (?:\w+ )?(?:of|from|by|for) "
    r"(?:the |an? |any |all )?(?:other |another |previous |last |next |other )?"
    r"(?:customers?|people|persons?|shoppers?|buyers?|users?|clients?|someone|somebody|everyone|everybody)\b"
    r"|\b(?:customers?|shoppers?|buyers?|users?|people|someone|somebody|everyone|everybody)(?: else)?'?s?'? "
    r"(?:\w+ )?(?:orders?|purchases?|cart|basket|address(?:es)?|details|data)\b"
    r"|\bwhat (?:did|have|has) (?:other|another|the (?:last|previous)) "
    r"(?:customers?|people|persons?|shoppers?) (?:order|ordered|buy|bought)"
)
CHANGE_ORDER = re.compile(
    r"\b(?:cancel|return|refund|exchange|change|send back|give back|modify)\b (?:\w+ )?(?:my|the|an?|this|"
    r"that|last|it|all|every|both|these|those|our) (?:of )?(?:\w+ )?"
    r"(?:orders?|purchase|delivery address|delivery|shipment)\b|\bi(?:'d|"
    r" would)? (?:want|need|like) to (?:return|cancel|exchange|send back)\b|\b(?:want|get|need|like) (?:a |"
    r"my )?(?:refund|money back)\b|\bcancel (?:it|that|everything|orders?|them)\b|"
    r"\brefund (?:me|it|them|everything|all|my)\b|\b(?:wrong|damaged|broken|"
    r"faulty) (?:item|product|size|one) (?:arrived|came)|\barrived (?:broken|damaged|late)|"
    r"\bprocess (?:a )?(?:full )?refund|\b(?:arrived|came|turned up|delivered) (?:\w+ )?(?:in pieces|cracked|"
    r"scratched|torn|dented|"
    r"stained|smashed)\b"
)
READDRESS = re.compile(
    r"\b(?:add|change|correct|fix|update)\b.*\b(?:address|flat number|house number|name|phone number)\b.*"
    r"\b(?:order|delivery|parcel)\b"
)
# Our own question, which the next message answers.
WHICH_ORDER = re.compile(r"^Which (?:order shall I|of them do you mean)\b.*\?$")
SEND_ORDER = re.compile(r"\b(?:send|ship|deliver|redirect) (?:my|the) order (?:back|(?:in)?to)\b")
# Right after an order 'it' is the order: 'send it to the office instead', 'swap it for the oak one'.
AFTER_ORDER = re.compile(
    r"\b(?:send|ship|deliver|redirect) (?:it|that|this|them|everything|the \w+) (?:back\b|(?:in)?to )|"
    r"\b(?:swap|exchange|switch) (?:it|that|this|them|one|the (?:\w+ ){1,4}?)\s?(?:for|to|with|into)\b|"
    r"\b(?:return|send back|give back|cancel) (?:it|that|this|them|one|everything|the \w+)\b"
)
POLICY = re.compile(
    r"\b(?:returns?|refund|exchange|shipping|delivery|warranty|guarantee|privacy|payment|cancell?ation|store|"
    r"shop|discount) polic(?:y|ies)\b|\bpolicy\b|\bpolicies\b|\bhow long (?:till|until|before|"
    r"is|does|will|do) (?:the |it |"
    r"your |my )?(?:delivery|shipping|warranty|guarantee|refund|returns?|take|it take|to (?:arrive|deliver))|"
    r"\b(?:delivery|shipping) (?:cost|costs|time|times|fee|fees|price|options?|charge|charges|free|date|"
    r"dates)\b|\b(?:do|can) you (?:ship|deliver|send|post|gift ?wrap|accept|take|price match|assemble|"
    r"offer (?:free )?(?:delivery|shipping|returns|gift|assembly|installation|discounts?))\b|\b(?:free|"
    r"express|next day|same day|standard|international) (?:shipping|delivery|returns?)\b|\bhow (?:can|"
    r"do) i pay\b|\bpayment (?:methods?|options?)\b|\b(?:can|could|may|how (?:do|can|long do)) i (?:have to |"
    r"need to )?(?:return|exchange|send (?:it|them|something|things) back)\b|\bwhat if (?:it|they|i|"
    r"the \w+) (?:doesn't|don't|does not|do not|change|arrives?|breaks?|isn't|aren't)|\bwarranty\b|"
    r"\bguarantee[ds]?\b|\bgift (?:wrap|wrapping|cards?|vouchers?|receipt)\b|\b(?:opening|store|"
    r"business) hours\b|\bwhen (?:are|do) you (?:open|close)\b|\bwhere (?:are you|is your (?:shop|store)|"
    r"are your (?:shops|stores))\b|\bwhen (?:would|will|could|can|does) (?:it|they|that|this|"
    r"the \w+) (?:arrive|come|be delivered|get here|ship)|\bhow (?:soon|fast|quickly)\b|\b(?:discounts?|"
    r"coupons?|promo(?:tion)?s?|voucher|codes?|student discount|price match|match (?:that|their|it)$|"
    r"match (?:that|their|the) price|(?:%|percent|money|bucks|"
    r"dollars) off)\b|\d ?% off\b|\bhow much (?:is|does|"
    r"for) (?:the )?(?:delivery|shipping)\b|\bsizing\b|\bcan you wrap\b|"
    r"\bsize (?:guide|chart)\b|\bsales tax\b|\btax(?:es)?\b|\bassembly service\b|\b(?:the|your|"
    r"about|for) returns\b|^returns?$|^(?:delivery|shipping)$|\bis (?:delivery|shipping) (?:free|included)"
)
# Asks how one may pay, which is not yet a wish to pay.
PAY_HOW = re.compile(r"\b(?:can|could|may) i pay (?:with|by|in|using|via|later|through)\b")
ACCOUNT = re.compile(
    r"\b(?:delete|remove|erase|close|wipe|forget) (?:all )?(?:of )?(?:my|the|this) (?:account|data|"
    r"details|profile|history|"
    r"conversation|chat)\b"
)
NOT_POLICY = re.compile(
    r"^(?:ok |please |just |then |so |i want to |i'd like to |let's |can you )*(?:buy|order) (?:it|"
    r"that|this|them|everything|now|the)\b|\bunder\b|\bbelow\b|\bcheck ?out\b|\bplace (?:the|my) order\b|\bpay now\b"
)
SALE_SEARCH = re.compile(
    r"\b(?:any(?:thing)?|what(?:'s| is)?|show me) .{0,25}\b(?:on sale|on offer|reduced|discounted|sales?)\b|"
    r"\bsale items\b"
)
BUY = re.compile(
    r"\bcheck ?out\b(?! (?:some|any|your|other|more|a)\b)|"
    r"\b(?:i'll|i will|let's|let me|i want to|i'd like to|ready to|can i|want to|wanna|please|"
    r"to) (?:pay|purchase|checkout)\b|\b(?:just )?(?:buy|purchase|order) (?:it|that|this|them|these|those|"
    r"both|everything|all|now|the (?:first|second|third|last|other|cart|lot)\b)|\b(?:place|complete|finish|"
    r"make|confirm|submit) (?:the|my|an|this) (?:order|purchase)\b|^(?:just )?(?:buy|order|pay|"
    r"purchase)(?: now| please)?$|\b(?:pre.?approve|you have my (?:permission|approval|ok)|"
    r"go ahead and (?:buy|order|pay)|use my card|charge my card|pay now|pay for)\b|\border now\b|\bbuy now\b|"
    r"\b(?:ring|cash) (?:it|me|them) up\b|\bi'll buy\b|\bi want to buy (?:the|it|that|this|them)\b"
)
VIEW = re.compile(
    rf"\b(?:what(?:'s| is| do i have| have i got|s)?|show(?: me)?|see|view|open|check|look at|list|read me|"
    rf"display)\b.{{0,20}}\b(?:in )?{_CART}\b|^(?:my |the )?(?:cart|basket)(?: please)?$|\bwhat(?:'s|"
    rf" is) (?:the|my) (?:new |grand |cart |sub)?total\b|\bhow much (?:is|would|will) (?:it|everything|that|"
    rf"the cart|the basket|all that|my cart) (?:all |come to|be in total|altogether|in total)|"
    rf"\bhow many (?:items|things) (?:do i have|are) in\b|\bis (?:it|that) in {_CART}\b|^{_CART}\?*$|"
    rf"\btotal so far\b|^(?:the |my |and )?(?:grand |sub)?total\??$|"
    rf"\b(?:what's|how much is) (?:it|that|this|everything) (?:all )?(?:together|altogether|in total)\b"
)
REMOVE = re.compile(
    rf"^(?!.*\b(?:my|the|this) (?:account|data|details|profile|history|conversation|"
    rf"chat)\b).*?\b(?:remove|delete|drop|discard|get rid of|throw out|lose)\b|\btake (?:\w+ )*(?:out|"
    rf"off)\b|\b(?:empty|"
    rf"clear) {_CART}\b|\b(?:don't|do not|no longer) (?:want|need) (?:it|that|this|them|the \w+|those|"
    rf"these)\b(?: (?:\w+ )?(?:any ?more|after all|now))?$|\bwithout the \w+ (?:in|from) (?:the|my)"
)
CHANGE_THE = re.compile(r"^(?:please |can you |actually |now )*(?:change|switch|swap) (?:the|my) .* (?:to|for) ")
CHANGE = re.compile(
    r"\b(?:make|change|switch|swap|update|set|turn) (?:it|that|this|them|the [\w' ]+?|my [\w' ]+?|quantity|"
    r"those)\b.{0,12}\b(?:to|for|into|two|three|four|five|six|one|\d+|a \d+|an \d+|a (?:small|medium|large)|"
    r"black|in )|\b(?:just|only) (?:one|1|two|2) (?:of (?:them|those|it)|instead)\b|\b(?:one|two|three|"
    r"\d) more of (?:it|that|those|them|the)\b|\bone more (?:of|please)|\bactually (?:make|two|three|just one|"
    r"\d)\b|\bmake (?:it|that|them) (?:a |an )?(?:\d+|one|two|three|four|five|six|pair|small|medium|large)\b|"
    r"\bdouble (?:it|that)\b|\b(?:just|only) (?:one|two|three|\d)(?: please| then)?$|\btoo many\b|"
    r"\bquantity\b|\binstead of (?:the )?(?:one|two|\d+)\b.*\b(?:cart|basket)\b"
)
ADD = re.compile(
    rf"\b(?:add|put|pop|stick|throw|drop)\b(?!.*\b(?:filter|constraint)\b)(?: .*)?(?:\b(?:to|in|"
    rf"into) {_CART}\b|\b(?:it|that|this|one|them|those|these|both|the|first|second|two|three|four|five|"
    rf"another|\d+|a|an|some|all)\b)|\bi(?:'ll| will|'d like to| would like to| want to|'m going to)? (?:take|"
    rf"have|go (?:with|for)|grab|get)\b(?! (?:a look|to|any|no idea|a |an |some |for my|nothing)\b)|"
    rf"\blet's (?:take|get|have|do|go (?:with|for)|grab)\b(?! (?:a |an |some )\b)|^(?:ok|okay|yes|yeah|great|"
    rf"perfect|fine|good|sure|alright)?\s*(?:the )?(?:\w+ )?(?:that|this|it)(?: one)?(?: please| then|"
    rf" it is)?$|\b(?:i want|i'd like|i would like|give me|get me|i need) (?:the |that |this |those |these |"
    rf"it\b|them\b|both\b|two of |three of )|\b(?:that|this) one(?: please)?$|^(?:take|grab|get) (?:the|it|"
    rf"that|this|them|both)\b|\bin(?:to)? (?:my|the) (?:cart|basket)\b|\b(?:one|two|three|\d) of (?:those|them|"
    rf"these|the \w+)(?: please)?$|^sold\b(?! out)|\bsold$|\bone more$|\b(?:one|two|"
    rf"another) more of (?:it|them|that|those|the)\b"
)
# Said of a thing on screen, such words take it; which one is asked where it is not clear.
TAKES = re.compile(
    r"^(?:yes|yep|yup|yeah|yea|aye|ok|okay|alright|right|great|perfect|fine|good|sure|deal|sold|done)\b|"
    r"\b(?:please|then)$|\bi'?m (?:going (?:for|with)|taking)\b|\b(?:grab|fetch|hand|pass|get|give) me\b|"
    r"\b(?:i'll|i will|we'll|let's) (?:have|take|go)\b|\b(?:wins?|it is|my vote)\b"
)
AND_THE = re.compile(r"^(?:and|plus|also)(?: also)? (?:the|that|this) ")
COMPARE = re.compile(
    r"\bcompare\b|\bcomparison\b|\bdifferen(?:ce|t)s? between\b|\bhow (?:do|does) (?:they|these|those|it|"
    r"the) .*(?:differ|compare|stack up)|\bwhich (?:one |of (?:these|those|them|the two) )?(?:is|are|would be|"
    r"looks|seems|do you (?:think )?(?:is|recommend|prefer|like)|would you|should i)\b|\bwhich (?:one|"
    r"of (?:these|those|them))(?: is| do| would|$)|\b(?:vs|versus)\b|\bside by side\b|\bor the\b.*\bbetter\b|"
    r"\bwhat(?:'s| is) the difference|\bwhich .*\b(?:better|best)\b|\bis the \w+(?: \w+)? better\b"
)
GOES = re.compile(
    r"\bgo(?:es)? (?:well |nicely |best )?(?:with|together)\b|\bgo alongside\b|\bmatch(?:es|"
    r"ing)?\b(?! (?:my (?:budget|size|criteria)|the (?:budget|vibe|description)))|\b(?:wear|pair|style|"
    r"combine|team) (?:\w+ )?with\b|\bpairs? (?:well )?with\b|\bcomplements?\b|\bcomplete the (?:look|outfit|"
    r"set|room)\b|\bto go with\b|\bwith (?:it|that|this)(?: dress| skirt| outfit| look)?$|\blook good with\b|"
    r"\bsuits? (?:it|that|this|the (?:first|second|third))\b"
)
SIMILAR = re.compile(
    r"\bsimilar\b|\b(?:more|others?|some(?:thing|thin)?|ones?|anything|another(?: one)?|"
    r"any(?: other \w+)?)(?: (?:\w+))? like (?:it|this|that|these|those|the|number|#)\b|\blike (?:it|this|"
    r"that|the (?:first|second|third|last|other|\w+)(?: one)?) (?:but|only|in|under|just|cheaper)\b|"
    r"\bmore of (?:these|those|this kind|that kind|the same)\b|\balternatives?\b|\bsame (?:style|kind|look|"
    r"sort|design|shape|thing)\b|\blooks? like (?:it|this|that|the)\b|\b(?:close|comparable|"
    r"equivalent) to (?:it|this|that|the)\b|\balong the lines of\b|^like (?:it|this|that|the)\b|"
    r"\bin the style of (?:it|this|that|the)\b|\breminds? me of (?:it|this|that|the)\b"
)
COMPARATIVE = re.compile(
    r"^(?:a |an |any |some |something |anything |bit |little |even |but |and |ok |hmm |make it |much |slightly )*"
    r"(?P<how>smaller|bigger|larger|narrower|slimmer|wider|lower|taller|higher|longer|lighter|heavier)"
    r"(?: (?:one|ones|please|then|maybe|if possible))*[ ?.!]*$"
)
ANYTHING = re.compile(
    r"\b(?:do you have|have you got|got|is there|show me) (?:anything|something)\b(?!.*\b(?:else|"
    r"similar|cheaper|like)\b)"
)
OCCASION = re.compile(r"^(?:hi,? |hello,? )?(?:i'm|i am|we're|we are) (?:invited|going) to (?:a|an|my|the) [\w' ]+$")
RECOMMEND = re.compile(
    r"\b(?:invited|going|off) to (?:a|an|my|the) (?:\w+ ){0,3}(?:wedding|party|reception|ball|gala|"
    r"christening|graduation)\b|"
    r"\brecommend(?:ations?|ed)?\b|\bsuggest(?:ions?)?\b|\bsurprise me\b|\binspire me\b|\bwhat(?:'s| is|"
    r" are) (?:popular|trending|hot|new|good|your (?:favou?rites?|best ?sellers?))\b|\bbest ?sellers?\b|"
    r"\bmost popular\b|\bpicked for me\b|\bfor me\?$|\bwhat (?:would|should) (?:you|i) (?:get|buy|pick|choose|"
    r"recommend|wear)\b|\bany(?:thing)? (?:i might like|ideas)\b|\bbased on what i\b|"
    r"\bgive me (?:some )?ideas\b|\bpopular\b"
)
GIFT = re.compile(r"\b(?:gifts?|presents?)\b(?! (?:wrap|card))")
MORE = re.compile(
    r"\b(?:show (?:me )?)?(?:some )?more(?: (?:please|options?|choices?|results?|of them|like that))?$|"
    r"\bany(?:thing)? (?:else|others?|more)\b|\bwhat else\b|\bother (?:ones?|options?|choices?)\b|"
    r"\bnext(?: page| ones)?$|\bkeep going\b|\bsee (?:more|others)\b|\bmore options\b|\bdifferent ones?\b|"
    r"\bother (?:\w+ )?\w+s\b(?= (?:you|do|please|\?|$))"
)
DISLIKED = re.compile(
    r"\b(?:ugly|hideous|awful|horrible|terrible|dreadful|wrong style|"
    r"not (?:for me|my (?:taste|style|thing)|(?:th(?:is|at) )?style|(?:any of )?(?:these|those|them))|"
    r"(?:(?<!not )(?<!nothing )(?<!n't )(?:too|a bit)|(?:a bit )?less|not (?:quite )?(?:so|as|that)) "
    r"(?:flashy|fancy|fussy|busy|loud|plain|boring|dull|gaudy|showy|"
    r"garish|kitschy|ornate|childish|old[- ]fashioned|over the top)|"
    r"(?:don't|do not) like (?:any|these|those|them|it)|hate (?:these|those|them|all))\b"
)
LOOSEN = re.compile(
    r"^(?:and |but |ok |then |just |in |of |from |by |at |a |so )*any (?:other )?(?:colou?r|material|price|size|brand)"
    r"(?: (?:is|will|do|does|fine|ok|then|please|works|at|all|good))*$"
    r"|\b(?:forget|never ?mind|drop|ignore) (?:about )?the (?:colou?r|material|price|budget|size|brand)\b"
)
REFINE = re.compile(
    r"^(?:but|only|just|and|or|what about|how about|maybe|actually|not|no|in|with|without|under|below|over|"
    r"less|more|something|anything|nothing|preferably|ideally|make (?:it|them)|instead|rather|except)\b|"
    r"\b(?:ones?|instead|only|any(?:thing)? (?:in|under|with|below|cheaper)|do (?:you|they) (?:have|come)|"
    r"are (?:any|there any)(?: of (?:these|those|them))?)\b|\bthe (?:\w+ )?ones\b"
)
SEARCH = re.compile(
    r"\b(?:looking (?:for|to)|look for|search(?:ing)?(?: for)?|find(?: me)?|show(?: me)?|i need|i want|"
    r"i'd like|i would like|need (?:a|an|some)|want (?:a|an|some)|do you (?:have|sell|carry|stock|do)|"
    r"have you (?:got|any)|got any|any|where (?:can i find|are)|shopping for|after (?:a|an|some)|"
    r"in the market for|buy(?:ing)? (?:a|an|some|my)|get (?:a|an|some|my|me)|browse|i'm after|let me see|"
    r"what .* do you (?:have|sell|carry)|are there)\b"
)
INDEFINITE = re.compile(r"\b(?:a|an|some|any|another|new)\b")
QUESTION = re.compile(
    r"^(?:what|how|does|do|is|are|can|could|will|would|which|who|when|where|why|has|have|did|was|were|tell me|"
    r"show me more|more)\b|\?$"
)

SELLS = re.compile(
    r"^(?:(?:so|and|hi|hello)[ ,]+)*(?:do|don't|can) (?:you|u|ya) (?:guys |also |even )*(?:sell|carry|stock)\b"
)
