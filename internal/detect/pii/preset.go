package pii

import (
	"context"
	"slices"
	"strings"
	"sync"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/fault"
)

// Preset is a built-in detector for an identifier outside the closed list of types. A guardrail turns it on with a regex entry
// whose pattern is the preset's Pattern; what it finds is reported as a match of that entry.
type Preset string

// The closed list of presets.
const (
	KRResidentNumber  Preset = "KR_RRN"                   // 주민등록번호
	KRAlienNumber     Preset = "KR_ALIEN_NUMBER"          // 외국인등록번호
	KRPassport        Preset = "KR_PASSPORT"              // 여권번호
	KRBusinessNumber  Preset = "KR_BUSINESS_NUMBER"       // 사업자등록번호
	KRCorporateNumber Preset = "KR_CORPORATE_NUMBER"      // 법인등록번호
	KRBankAccount     Preset = "KR_BANK_ACCOUNT"          // 은행 계좌번호
	KRDriverLicence   Preset = "KR_DRIVER_LICENSE_NUMBER" // 운전면허번호
)

// Presets gives all presets, sorted by name.
func Presets() []Preset {
	return []Preset{KRAlienNumber, KRBankAccount, KRBusinessNumber, KRCorporateNumber, KRDriverLicence, KRPassport, KRResidentNumber}
}

// A preset's pattern begins as a comment of Perl's, which RE2 refuses: it can be no regex that means something else.
const (
	presetHead = "(?#merlon:"
	presetTail = ")"
)

// Pattern gives the regex entry's pattern that turns the preset on, such as "(?#merlon:KR_RRN)".
func (p Preset) Pattern() string { return presetHead + string(p) + presetTail }

// ParsePattern reads a regex entry's pattern. ok is false for a pattern that is not of the form of presets, which is an ordinary
// regex; a name that is no preset's is a fault of kind Invalid.
func ParsePattern(pattern string) (p Preset, ok bool, err error) {
	name, ok := strings.CutPrefix(pattern, presetHead)
	if !ok {
		return "", false, nil
	}
	name, closed := strings.CutSuffix(name, presetTail)
	if p = Preset(name); !closed || !slices.Contains(Presets(), p) {
		return "", true, fault.New(fault.Invalid, "%q names no preset", pattern)
	}
	return p, true, nil
}

// PresetDetector finds one preset's values. It implements detect.Detector.
type PresetDetector struct {
	name  string
	find  func(*scan)
	words *vocabulary
	scans sync.Pool // of *scan
}

// NewPreset makes a detector of p whose findings have name, the regex entry's, as their type.
func NewPreset(name string, p Preset) (*PresetDetector, error) {
	find, ok := presetFinders()[p]
	if !ok {
		return nil, fault.New(fault.Invalid, "%q is not a preset", string(p))
	}
	d := &PresetDetector{name: name, find: find, words: presetVocabulary()}
	d.scans.New = func() any { return new(scan) }
	return d, nil
}

// Family gives detect.Pattern: a preset stands in for a regex.
func (d *PresetDetector) Family() detect.Family { return detect.Pattern }

// Detect reports the preset's values in block and text order, with Confidence High.
func (d *PresetDetector) Detect(ctx context.Context, in detect.Input) ([]detect.Finding, error) {
	s := d.scans.Get().(*scan)
	defer d.scans.Put(s)
	var findings []detect.Finding
	for block, doc := range in.Blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		view := doc.Clean()
		s.read(view.Text, d.words)
		d.find(s)
		for _, f := range s.found {
			findings = append(findings, detect.Finding{
				Family:     detect.Pattern,
				Type:       d.name,
				Block:      block,
				Span:       view.Source(f.start, f.end),
				Confidence: detect.High,
				Score:      f.score,
			})
		}
	}
	return findings, nil
}

func presetFinders() map[Preset]func(*scan) {
	return map[Preset]func(*scan){
		KRResidentNumber:  func(s *scan) { findResidents(s, "123490") },
		KRAlienNumber:     func(s *scan) { findResidents(s, "5678") },
		KRPassport:        findKoreanPassports,
		KRBusinessNumber:  findBusinessNumbers,
		KRCorporateNumber: findCorporateNumbers,
		KRBankAccount:     findKoreanAccounts,
		KRDriverLicence:   findKoreanLicences,
	}
}
