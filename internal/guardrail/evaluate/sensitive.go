package evaluate

import (
	"sort"
	"strings"

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

// mask is a stretch of a text block that a label takes the place of.
type mask struct {
	span  text.Span
	label string
}

// assessSensitive resolves the findings of entities and regexes once. Findings compete only with findings of the same effect:
// leftmost first, then longest, then configured order; what loses is not reported. A detect-mode finding can so never hide one that
// blocks or masks. Where anything blocks, what would have been masked is left out of the report, as the service does.
func assessSensitive(filters []plannedSensitive, parts parts, found []detect.Finding) ([]EntityAssessment, []RegexAssessment, map[int][]mask) {
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
		if !detected[i] && !f.regex() && !(blocked && f.action == guardrail.Anonymize) {
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

// resolveOverlaps gives the sightings that win, in text order, and the masks by block of the request. A mask covers every byte of the
// findings that overlap under it, also of those that lost: nothing that was found shows through.
func resolveOverlaps(filters []plannedSensitive, parts parts, seen []sighting) ([]sighting, map[int][]mask) {
	type edge struct {
		block, end int
	}
	last := map[guardrail.Action]edge{}
	masks := map[int][]mask{}
	var won []sighting
	for _, s := range seen {
		f := filters[s.filter]
		before, block := last[f.action], parts.guarded[s.block]
		loses := before.block == s.block && s.span.Start < before.end
		if !loses {
			won = append(won, s)
			last[f.action] = edge{s.block, s.span.End}
			if f.action == guardrail.Anonymize {
				masks[block] = append(masks[block], mask{s.span, f.name})
			}
			continue
		}
		if s.span.End > before.end {
			last[f.action] = edge{s.block, s.span.End}
			if f.action == guardrail.Anonymize {
				masks[block][len(masks[block])-1].span.End = s.span.End
			}
		}
	}
	return won, masks
}

// maskBlocks gives every text block of the request in order, with {label} in place of each mask and all other bytes untouched.
func maskBlocks(blocks []Block, masks map[int][]mask) []string {
	var out []string
	for i, b := range blocks {
		if b.Image != nil {
			continue
		}
		if len(masks[i]) == 0 {
			out = append(out, b.Text)
			continue
		}
		var masked strings.Builder
		at := 0
		for _, m := range masks[i] {
			masked.WriteString(b.Text[at:m.span.Start])
			masked.WriteString("{" + m.label + "}")
			at = m.span.End
		}
		masked.WriteString(b.Text[at:])
		out = append(out, masked.String())
	}
	return out
}
