package pii

import (
	"strings"
	"sync"
)

// placeClass says what a word does in an address.
type placeClass uint16

const (
	isStreet    placeClass = 1 << iota // street, rd, lane: ends the name of a street
	isStrong                           // a street word that is hardly anything else
	isHead                             // rue, via, calle: begins the name of a street
	isUnitWord                         // flat, suite, floor: a number follows
	isHouse                            // cottage, court, tower: ends the name of a building
	isState                            // CA, Ontario, NSW
	isCountry                          //
	isCompass                          // N, SW, East
	isPlaceWord                        // address, live at: says that an address follows
)

var placeClasses = sync.OnceValue(func() map[uint64]placeClass {
	classes := map[uint64]placeClass{}
	for class, words := range map[placeClass]string{
		isStreet | isStrong: "street st road rd avenue ave av blvd boulevard lane ln terrace crescent cres parkway pkwy highway hwy " +
			"expressway turnpike tpke esplanade cul-de-sac straße strasse str utca ulica calle laan straat weg allee gasse gade vej",
		isStreet: "drive dr court ct place pl way circle cir square sq trail trl loop row walk mews close grove gardens gdns green hill rise view " +
			"park plaza path alley pike spur bend run ridge landing hollow crossing xing pass point quay wharf broadway parade tce promenade " +
			"mall wynd vale mount bypass approach end link bank causeway field fields croft fold yard track bridge creek meadow " +
			"glen mead trace trce cut steps spur heights hts knoll cove canyon springs valley harbour harbor gate corner boardwalk bluff crest dale estate marg nagar nivas chowk " +
			"sector phase block colony enclave layout annex extension",
		isHead: "rue via calle avenida avinguda carrer rua travessa praça praca piazza viale corso vicolo impasse chemin quai allée allee boulevard " +
			"place platz ulica ul calçada calle plaza carrera paseo strada bulevardul largo alameda rruga jalan jl lorong soi ngõ",
		isUnitWord: "flat apt apartment suite ste unit room rm floor fl building bldg block blk tower lot plot villa bungalow shop office house " +
			"trailer studio penthouse level door berth wing stairwell hinterhof haus piso apto barrio esc etg lgh bte interno int sector kebele box no",
		isHouse: "cottage house farm lodge villa villas manor mansion mansions court towers tower barn hall grange rectory vicarage mill " +
			"apartments flats bungalow cabin chalet heights residence residences plaza building wharf",
		isState: "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt " +
			"va wa wv wi wy dc pr ab bc mb nb nl ns nt nu on pe qc sk yt nsw vic qld tas act alabama alaska arizona arkansas california colorado " +
			"connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan " +
			"minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington " +
			"wisconsin wyoming ontario quebec alberta manitoba saskatchewan queensland victoria tasmania",
		isCountry: "usa uk us england scotland wales ireland canada australia germany deutschland france spain italy portugal hungary india nigeria ghana " +
			"kenya netherlands belgium switzerland austria poland japan korea china singapore philippines mexico brazil",
		isCompass: "n s e w ne nw se sw north south east west northeast northwest southeast southwest",
		isPlaceWord: "address addr lives live living located resides residing residence deliver delivered delivery ship shipped mail premises " +
			"move moved moving home house place street billing shipping recipient pickup office based property survey parcel package",
	} {
		for word := range strings.FieldsSeq(words) {
			classes[hashOf(word)] |= class
		}
	}
	return classes
})
