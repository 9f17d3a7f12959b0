"""Everyday words that are no search terms, and those that must not be taken for a misspelt shop word."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that steer the conversation and say nothing about a product.
FILLER = _words(
    """
    a about above actually add affordable again ah all allergic allergy also alternative alternatives altogether am an
    and another any anybody anyone anything anyway are aren't around as at available avoid back basket be been below
    best between bit both bought brand brands bring browse browsing buck bucks budget but buy buying by can can't
    carry carrying cart cheap cheaper cheapest cheaply choose collection color colored colors colour coloured colours
    come comes compare comparison complement complete consider cool cost costing costs could couldn't currently dearer
    did didn't difference differences different discounted do does doesn't dollar dollars don't dont down each either
    else else's eur euro euros every everything exactly except exist exists expensive few find fine first fit fits for
    free from furnish get gets give go goes going gonna good got gotta great had hand happen has hasn't hate have
    haven't having he hello help her here hers hey hi highest him his hmm how i i'am i'd i'll i'm i've id idea ideally
    ideas if ill im in inexpensive inspire instead into is isn't it it's item items its ive just keep kind kinda kinds
    last least left less let let's lets like little look looking looks lot love made make many match matched matches
    matching material materials max maximum may maybe me might min mine minimum more most much must mustn't my nah
    need needs neither new next nice no no-one nope not nothing now of off offer offers oh ok okay on one ones only
    onto option options or order other our out over pair paired pairing pairs part pay perfect perhaps pick piece
    pieces please pls plz popular possibly prefer preferably pretty price priced pricey pricier priciest probably
    product products quite range ranges rated rather rating ready really recommend recommendation recommendations
    reduced remove reviewed reviews right roughly sale sales same search second see selection sell selling set sets
    several shall she shop shopping should shouldn't show similar size sized sizes so some somehow someone something
    sort sort-of sorts spend spending stay still stock stuff style styled styles suggest suggestion suggestions suit
    suitable suits sure surprise take tell than thank thanks that that's thats the their them then there these they
    thing things third this those through to today tomorrow tone tones tonight too top tops total type types uh um
    under up us usd versus very vibe vibes vs wait wanna want want's wanted was we wear wearing week well were what
    what's whatever whats when where which who why will with without won't would wouldn't wow yeah yep yes you you're
    your used bored smth sth hiya after birthday mum mom oh plenty enough guys folks possible hoping hope hoped while
    showroom care caring useful he'll she'll they'll we'll it'll that'll you've we've they've there's here's who's
    she's he's they're we're that'd there'd needing needed wanting wanted thinking thought guess suppose mean meant
    talk talking wonder wondering check checking seen saw say said says saying told telling ask asked asking curious
    interested help helping trying try tried love like loved liked definitely absolutely totally basically simply
    lately recently already yet later once always decent reasonable reasonably customer customers resembling resemble
    resembles seem seems seemed looked couple lot lots bunch way ways case starts coming up turned turns turning gets
    getting became become comes happens including include included put puts website section department redoing
    renovating decorating especially specifically particularly instead eventually honestly frankly literally obviously
    apparently anyhow besides since because although though unless until page browsing view viewing wish wishes
    wishing hopefully preferred convinced convince replace replacing replacement owns own owned bring brought lately
    quick quickly asap urgent urgently currently good better nicer greatest super awesome amazing gorgeous lovely
    beautiful pretty fabulous fantastic
    """
)

# Everyday words that lie one letter from a shop word and must not be "corrected" to it.
ENGLISH = _words(
    """
    alive amber apron aprons army arrow autumn bag bags ball ballet band barrow base basket bass beach bead bean
    beans bear beard beast bed beds bell belly belt bench bike bikes black blank blanket blender blenders block
    blown blues board boast boat boats boil bold book booking books boots boss bottom bowl bowls brand brass bread
    bring broad brown bug bugs bulk bullet bundle burden button cable cables calm camera cameras camp can candle
    candles cans captain car cars case catch cats certain chain chair cheap cheat cheep cheese chess chest choir
    class cliff clock clocks close cloth clothes cloves clue coast coat coats coffee coil cold cooking cool copper
    cordless cotton crate cream cress crib cribs cross crown crust cunning curtain damp dead deal dear den dental
    desk dinner disk dose dream dress drill drills drive dross drown drum drums dusk dust dutch eight ember error
    evening fable fan fans farm father fear feast feather feels fellow felt fight fine five flame flower flowers
    foil fold follow food fork forks form frame fridge frown fruit fruits garden gear gift gifts glass globe gloves
    glue goat gold golden good grain grand grass gravy great greed greek green grew grey guitar guitars hair hall
    hammer hammers hand handle handles harden haste hat hatch hats head heal heals hear heat heather heats heels
    helmet helmets hen hold hollow hood horse hose house inner jacket jeans jelly jug jugs just kettle kettles
    keyboard keyboards king knife knives ladder ladders lamb lamps land laptop laptops large laundry lead leaf leak
    lean leans least leather light line linen liner lines liver locks looking loss loves lumber mallet man marble
    market marvel mask masks mat match mats mattress mattresses meal means medal median medium melt member men
    mental metal microwave milk mine minor mirror model modern monitor monitors mood moss mouse mug mugs must narrow
    navy near night nose notes number oat oil olive opening other oven ovens packet paint paints pallet pan pans
    paper party pasta paste patch peach pear peels pen pens pepper petal phase phone phones piano pianos pillow pine
    ping pink pins place plane plant plants plate pocket pool pools pose press prey price prime print printer prize
    racket ramp rather rats read real rear reels rental right ring rings river roast rocks roots rose round rubber
    rug rugs runner running rust sand scare scarf school score seal shade shake shame shape share shave sheep sheer
    sheet shirt shirts shoes shore short shorts shower showers shows sight silk silver simple simpler sing sink
    skirt skirts slack sleep sleeve slipper slippers sliver small sock socks soda sofa soil sound space spice spool
    spoon spoons spring staff stair stairs stand steal steam steel steer stone stool stools store storm stove strap
    straps straw street stuff stunning suit suits summer sweet table tables tablet tablets tall task taste tea teach
    teak team tear television ten tent tents thing things those three threw through throw tight timber tires toast
    toaster toasters toil tool tools toss tote totes towel towels toy toys trade trowel trust tyres under vacuum van
    vans vase velvet violin votes vowel wall wallet warm waste watch wavy wear weather weight wench whale wheat
    wheel wheels which while white wider willow wine wing winner winter wires witch woman women wood wooden wool
    word write year yellow start started starting build building
    """
)
