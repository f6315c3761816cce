package pii

import (
	"strings"
	"sync"
)

// wordClass says what a word does beside a name. A word may have several classes.
type wordClass uint32

const (
	isTitle       wordClass = 1 << iota // Mr, Dr: stands before a name and is no part of it
	isKin                               // son, neighbour, driver: a person follows
	isGreeting                          // hi, dear, thanks, regards: a person is spoken to or signs
	isSpeech                            // said, wants, is: what persons do
	isOrg                               // Ltd, University, Street: what stands before names no person
	isParticle                          // van, de, bin: small, inside a name
	isSuffix                            // Jr, III: ends a name
	isDeterminer                        // the, a, every
	isPreposition                       // with, from, by
	isNameLabel                         // name, patient, recipient: the label of a field that holds a name
	isIntro                             // am, m, called, named: introduces a name
	isNever                             // written with a capital, yet never part of a name
	isLineLabel                         // director, phone, signature: what stands on the line below a name
	isContact                           // ask, call: what is done to persons
	isAuxiliary                         // is, has: what follows a subject
	isNumber                            // nine, fifty
	isUnit                              // years, kg: what a number counts
)

// wordClasses gives the classes of words by hash.
var wordClasses = sync.OnceValue(func() map[uint64]wordClass {
	classes := map[uint64]wordClass{}
	for class, words := range map[wordClass]string{
		isTitle: "mr mrs ms miss mx dr prof professor sir dame lady rev reverend fr father pastor capt captain cpt maj major col colonel lt " +
			"lieutenant sgt sergeant cpl pvt gen general commander admiral commissioner congressman congresswoman cllr councillor councilman councilwoman sen senator rep hon judge justice officer " +
			"detective det insp inspector constable pc dc sister imam rabbi sheikh sheik aunt auntie aunty uncle grandma grandpa granny gran " +
			"nan nana grandad granddad grandfather grandmother coach nurse chef monsieur madame mme mlle herr frau senor señor senora señora " +
			"sr sra srta don doña dona signor signora sig dott ing alhaji haji hajji pt patient baby saint abuelita abuela abuelo tia tio " +
			"alhaja papa mama president chancellor governor mayor ambassador secretary minister king queen prince princess emperor pope baron duke duchess " +
			"lord count countess cousin brother bro ustad shri smt mstr master mister doctor chairman chairwoman principal ceo cto cfo",
		isKin: "son daughter brother sister mother father mom mum mummy mommy dad daddy wife husband partner fiance fiancé fiancee fiancée " +
			"boyfriend girlfriend bf gf friend buddy mate cousin uncle aunt auntie aunty nephew niece grandson granddaughter grandmother grandfather " +
			"grandma grandpa gran nan stepson stepdaughter stepmother stepfather neighbour neighbor roommate flatmate housemate colleague coworker " +
			"boss manager supervisor assistant secretary teacher tutor student pupil classmate landlord landlady tenant tenants driver clerk agent " +
			"client customer patient doctor dentist nurse therapist lawyer solicitor attorney witness suspect defendant plaintiff victim " +
			"employee candidate applicant interviewee caller passenger resident owner buyer seller guarantor borrower lender lodger " +
			"twins kids kid boy girl baby toddler man woman guy lady artist singer actor actress author writer poet painter philosopher " +
			"scientist physicist engineer developer designer editor journalist reporter analyst director coach captain player striker " +
			"treasurer chair chairman chairwoman president founder cofounder ceo plumber electrician builder gardener volunteer handover " +
			"bride groom godmother godfather mentor intern trainee babysitter nanny recruiter rep bestie sis hurdler beneficiary executor trustee",
		isGreeting: "hi hey hello hiya yo dear dearest howdy morning afternoon evening thanks thx thank ty cheers regards best sincerely " +
			"warmly yours faithfully truly love xx xoxo sorry congrats congratulations welcome bye goodbye goodnight yup yeah ok okay pls please " +
			"cc bcc to from attn attention fao signed sincerely respectfully cordially ps oi hola ciao salut bonjour namaste salaam",
		isSpeech: "said says say asked asks told tells wrote writes replied replies answered thinks thought knows knew wants wanted " +
			"likes liked loves loved hates hated called calls phoned rang emailed texted messaged mentioned suggested agreed insists insisted " +
			"promised admitted claimed explained laughed smiled nodded shrugged sighed whispered shouted cried died lives lived works worked " +
			"moved married born got gets went goes came comes " +
			"just never always still needs needed wears watches watched plays played sings sang gives takes makes tries tried talks talked looks looked feels felt keeps hopes forgot remembers reported confirmed requested declared joined left returned arrived " +
			"signed sent gave took brought made met saw found lost kept held bought sold owns owned raised proposed seconded chaired who whose",
		isAuxiliary: "is was has had will would can could did does should might may isn wasn hasn hadn won wouldn couldn didn doesn",
		isOrg: "ltd llc inc corp co plc gmbh ag sa company corporation group holdings partners associates bank university college school academy " +
			"institute hospital clinic church cathedral mosque temple museum library theatre theater gallery hotel inn restaurant cafe bar pub " +
			"street st. road rd avenue ave lane drive boulevard blvd court place square crescent terrace highway hwy parkway way alley close row " +
			"walk plaza park bridge tunnel station airport port harbour harbor tower towers building bldg house hall centre center stadium arena " +
			"line lake river mountain mount hill hills valley island islands bay beach coast forest falls canyon desert ocean sea peninsula " +
			"county city town village district borough province state states republic kingdom empire union federation parliament congress " +
			"senate committee council commission department ministry agency bureau office foundation trust society association club team league " +
			"band orchestra choir festival awards award prize cup trophy championship tournament games olympics act law laws theorem principle " +
			"equation theory effect syndrome disease test score scale method procedure assessment bequest report reunion film movie show series " +
			"season album song single book novel magazine times post news journal press herald tribune gazette media records studios pictures " +
			"entertainment productions technologies tech systems software solutions services energy motors motor airlines airways air electric " +
			"foods brewing brewery winery vineyard farms farm store stores shop market mall knife parade rules branch wing ward room suite apartment " +
			"apartments flats estate gardens garden cemetery bowl dynasty era period age war battle treaty revolution movement party fund capital " +
			"insurance mutual financial securities investments consulting logistics shipping shipment airlines sales petals sauce bread cake tart tea coffee " +
			"wine beer cheese soup salad collection jacket shoes jeans model edition version release update server cluster project protocol " +
			"circle bunker elementary high primary secondary kindergarten nursery day eve week month cream monument memorial statue",
		isParticle:    "van von der den de del della dela di da das do dos du la le los el al ibn bin binti bint ben ap ab ni ní ó mac ter ten zu zur af av y e",
		isSuffix:      "jr sr ii iii iv phd md esq dds rn mba obe mbe cbe",
		isDeterminer:  "the a an this these those every each another its his her their our your my",
		isPreposition: "with by from to for and or at as than about like after before via per between against without near",
		isContact:     "ask asked tell told call ring text email meet met saw know knew remind invite thank contact poke ping message dm visit help marry married",
		isNameLabel: "name names fullname firstname lastname surname forename patient recipient contact customer client employee applicant signatory " +
			"author owner sender addressee consignee payee beneficiary cardholder accountholder holder guest passenger tenant landlord buyer seller " +
			"claimant witness student teacher manager supervisor assignee reporter reviewer approver attendee attendees participant participants " +
			"speaker host organizer organiser chair chairperson secretary treasurer given family display signed attn spouse mother father parent " +
			"guardian nominee subscriber member user borrower rider driver purchaser complainant nok kin person maiden alias aka deceased present apologies",
		isIntro: "named called am m im i'm me it's its speaking",
		isNever: "i i'm it it's we he she they you my your our his her their me us them if when where why how what who which while because since " +
			"although though but and or so yet nor not no yes in on at by for from with without of to into onto over under after before during the a an " +
			"this that these those there here then than as is are was were be been being do does did have has had will would shall should can could " +
			"may might must let please also only even just still already again now today tomorrow yesterday tonight never always often sometimes " +
			"item note subject re fwd fw cc bcc order invoice ticket case page chapter section figure table appendix part step phase day week month year " +
			"good great nice thanks thank dear hi hey hello regards best sincerely sorry ok okay lol omg btw fyi asap eta faq url pdf usb api sql html css " +
			"json xml http https www com ceo cto cfo hr it's vip vpn wifi pin ssn dob id nhs iban bic vin gps tv pc uk us usa eu un nhs gp er icu " +
			"new old north south east west northern southern eastern western first second third last next all any some every each one two three four " +
			"five six seven eight nine ten name address phone email password username user date time place customer patient agent caller driver " +
			"passenger interviewer candidate recruiter dispatcher pharmacist guest host manager director officer president council department",
		isLineLabel: "name signature signed title position date phone tel telephone mobile email e mail address director manager head chief officer " +
			"president vice senior junior lead engineer developer analyst consultant coordinator assistant secretary treasurer chair founder ceo cto " +
			"cfo partner professor nurse tenant landlord buyer seller printed print applicant witness customer department sales marketing hr finance account",
		isNumber: "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen " +
			"twenty thirty forty fifty sixty seventy eighty ninety",
		isUnit: "year years yr yrs month months week weeks day days hour hours minute minutes second seconds km miles kg lbs percent items pieces " +
			"points people times dollars euros pounds grand million thousand",
	} {
		for word := range strings.FieldsSeq(words) {
			classes[hashOf(word)] |= class
		}
	}
	return classes
})

// romanSyllables are the syllables of Korean given names in Latin letters.
var romanSyllables = sync.OnceValue(func() map[uint64]bool {
	set := map[uint64]bool{}
	for syllable := range strings.FieldsSeq("a ae ah ahn an ara beom bin bo bok bom bong byeong byung chae chan chang cheol choon choong chul chun dae " +
		"dan deok do dong doo duk eui eun eung ga gang geon geun gi go goo gu gun gwang gwi gyeong gyu ha hae han hee heon heung hi ho hong hoon hu hun " +
		"hwa hwan hwi hye hyeok hyeon hyeong hyo hyoung hyuk hyun hyung i ik il in ja jae jang je jee jeong ji jin jo jong joo joon joong ju jun jung " +
		"kang ki kon koo ku kun kwan kwang kyeong kyo kyoung kyu kyun kyung la lan li mi min mo mok moo moon mu mun myeong myung na nam nan no ok pil ra " +
		"rae rak ran rang re ri rim rin roo ryeol ryeong ryong ryul ryung sam san sang seo seok seol seon seong seop seul seung shik shim shin si sik sil " +
		"sin so sol son song soo sook soon su suk sul sun sung tae taek un ung wan wi won woo wook woong woon wu yang ye yeol yeon yeong yeop yo yong yoo " +
		"yool yoon young yu yuk yul yun yung zu min-ji") {
		set[hashOf(syllable)] = true
	}
	return set
})
