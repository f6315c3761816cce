package evaluate

import (
	"sort"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/guardrail"
)

// sighting is a finding of the sensitive-information policy with the filter that it belongs to.
type sighting struct {
	filter int // index into the plan's sensitive filters
	block  int // index into the guarded blocks
	span   text.Span
}

// assessSensitive resolves the findings of entities and regexes once. Findings compete only with findings of the same effect:
// leftmost first, then longest, then configured order; what loses is not reported. A detect-mode finding can so never hide one that
// blocks or masks. Where anything blocks, what would have been masked is left out of the report, as the service does.
func assessSensitive(filters []plannedSensitive, parts parts, found []detect.Finding) ([]EntityAssessment, []RegexAssessment, []Mask) {
	if len(filters) == 0 {
		return nil, nil, nil
	}
	seen := sightings(filters, found)
	won, masks := resolveOverlaps(filters, parts, seen)
	var entities []EntityAssessment
	var regexes []RegexAssessment
	blocked := false
	for _, s := range won {
		blocked = blocked || filters[s.filter].action == guardrail.Block
	}
	detected := make([]bool, len(filters))
	for _, s := range won {
		f := filters[s.filter]
		if blocked && f.action == guardrail.Anonymize {
			continue
		}
		detected[s.filter] = true
		match := parts.input.Blocks[s.block].Original()[s.span.Start:s.span.End]
		if f.regex() {
			regexes = append(regexes, RegexAssessment{Name: f.name, Pattern: f.pattern, Match: match, Effect: effectOf(f.action)})
		} else {
			entities = append(entities, EntityAssessment{Type: f.name, Match: match, Effect: effectOf(f.action), Detected: true})
		}
	}
	for i, f := range filters {
		hidden := blocked && f.action == guardrail.Anonymize
		if !detected[i] && !f.regex() && !hidden {
			entities = append(entities, EntityAssessment{Type: f.name, Effect: NoEffect})
		}
	}
	if blocked {
		masks = nil
	}
	return entities, regexes, masks
}

// sightings picks the findings that belong to a filter, in text order.
func sightings(filters []plannedSensitive, found []detect.Finding) []sighting {
	type name struct {
		family detect.Family
		name   string
	}
	byName := make(map[name]int, len(filters))
	for i, f := range filters {
		byName[name{f.family(), f.name}] = i
	}
	var seen []sighting
	for _, f := range found {
		if i, ok := byName[name{f.Family, f.Type}]; ok {
			seen = append(seen, sighting{i, f.Block, f.Span})
		}
	}
	sort.SliceStable(seen, func(i, j int) bool {
		a, b := seen[i], seen[j]
		switch {
		case a.block != b.block:
			return a.block < b.block
		case a.span.Start != b.span.Start:
			return a.span.Start < b.span.Start
		case a.span.End != b.span.End:
			return a.span.End > b.span.End
		default:
			return a.filter < b.filter
		}
	})
	return seen
}

// resolveOverlaps gives the sightings that win, in text order, and the masks. A mask covers every byte of the
// findings that overlap under it, also of those that lost: nothing that was found shows through.
func resolveOverlaps(filters []plannedSensitive, parts parts, seen []sighting) ([]sighting, []Mask) {
	type edge struct {
		block, end int
	}
	last := map[guardrail.Action]edge{}
	var masks []Mask
	var won []sighting
	for _, s := range seen {
		f := filters[s.filter]
		before, at := last[f.action], parts.place(s.block, s.span)
		loses := before.block == s.block && s.span.Start < before.end
		if !loses {
			won = append(won, s)
			last[f.action] = edge{s.block, s.span.End}
			if f.action == guardrail.Anonymize {
				masks = append(masks, Mask{at, f.name})
			}
			continue
		}
		if s.span.End > before.end {
			last[f.action] = edge{s.block, s.span.End}
			if f.action == guardrail.Anonymize {
				masks[len(masks)-1].Span.End = at.End
			}
		}
	}
	return won, MergeMasks(masks)
}
