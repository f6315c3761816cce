package pii

import (
	"context"
	"slices"
	"sync"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/fault"
)

// entity is one type: the context words that speak of it, and how its values are found in a scan.
type entity struct {
	typ Type
	// words are phrases by the cue they give; see vocabulary for how they match. May be nil.
	words []phrases
	// find adds the type's findings by calling add. It reads the scan only, and looks at no more than a bounded stretch of
	// text around each candidate. It is called concurrently with different scans.
	find func(s *scan)
}

// entities is the list of all types. The order has no meaning; ranks has.
func entities() []entity { return slices.Concat(structured(), soft()) }

// structured lists the types that have a format of their own: patterns, check digits, context words.
func structured() []entity {
	return []entity{
		// The entities of a card's other numbers read the card numbers that were found.
		{CardNumber, cardWords, findCards},
		{CardExpiry, expiryWords, findExpiries},
		{CardCVV, cvvWords, findCVVs},
		{PIN, pinWords, findPINs},
		{IBAN, ibanWords, findIBANs},
		{SwiftCode, swiftWords, findSwiftCodes},
		// A secret key is known by the access key next to it.
		{AWSAccessKey, accessKeyWords, findAccessKeys},
		{AWSSecretKey, secretKeyWords, findSecretKeys},
		{Email, nil, findEmails},
		{URL, nil, findURLs},
		{IPAddress, ipWords, findIPs},
		{MACAddress, macWords, findMACs},
		{USSocialSecurityNumber, ssnWords, findSSNs},
		{USIndividualTaxID, itinWords, findITINs},
		{USBankAccountNumber, accountWords, findAccounts},
		{USBankRoutingNumber, routingWords, findRoutingNumbers},
		{USPassportNumber, passportWords, findPassports},
		{CASocialInsuranceNumber, sinWords, findSINs},
		{CAHealthNumber, healthWords, findHealthNumbers},
		{UKNationalHealthServiceNumber, nhsWords, findNHSNumbers},
		{UKNationalInsuranceNumber, ninoWords, findNINOs},
		{UKUniqueTaxpayerReference, utrWords, findUTRs},
		{VehicleIdentificationNumber, vinWords, findVINs},
	}
}

// Detector finds personal data of the types it was made for. It implements detect.Detector.
type Detector struct {
	entities []entity
	enabled  [len(ranks)]bool // by rank
	words    *vocabulary
	reader   Reader    // nil where no learned type is enabled, and without a model
	scans    sync.Pool // of *scan
}

// New makes a detector of types, of which there must be one at least. A type outside the list is a fault of kind Invalid.
func New(types ...Type) (*Detector, error) {
	if len(types) == 0 {
		return nil, fault.New(fault.Invalid, "at least one PII entity type is needed")
	}
	d := &Detector{entities: entities(), words: sharedVocabulary()}
	for _, t := range types {
		if !t.Valid() {
			return nil, fault.New(fault.Invalid, "%q is not a PII entity type", string(t))
		}
		d.enabled[t.rank()] = true
	}
	d.scans.New = func() any { return new(scan) }
	return d, nil
}

// Family gives detect.PII.
func (d *Detector) Family() detect.Family { return detect.PII }

// Detect reports the enabled types' findings, merged as the package comment says, in block and text order. Their confidence is
// High; the score says how much of format, check digit and context agreed.
func (d *Detector) Detect(ctx context.Context, in detect.Input) ([]detect.Finding, error) {
	s := d.scans.Get().(*scan)
	defer func() {
		s.text = "" // the pool holds nobody's text
		d.scans.Put(s)
	}()
	var findings []detect.Finding
	for block, doc := range in.Blocks {
		view := doc.Clean()
		s.read(view.Text, d.words)
		for i := range d.entities {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			s.run(&d.entities[i])
		}
		if d.reader != nil {
			seen, err := d.reader.Read(ctx, doc)
			if err != nil {
				return nil, err
			}
			s.settle(seen)
		}
		left := merge(s.found, &d.enabled)
		findings = slices.Grow(findings, len(left))
		for _, f := range left {
			findings = append(findings, detect.Finding{
				Family:     detect.PII,
				Type:       string(ranks[f.rank]),
				Block:      block,
				Span:       view.Source(f.start, f.end),
				Confidence: detect.High,
				Score:      f.score,
			})
		}
	}
	return findings, nil
}
