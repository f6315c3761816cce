package eval

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// most is how many turned verdicts are listed one by one; the JSON has all of them.
const most = 40

// WriteMarkdown writes the report for people.
func (r Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d rows; detection p50 %.1f ms, p99 %.1f ms. 95 %% bootstrap intervals in brackets.\n", r.Subject, r.Rows, r.Latency.P50, r.Latency.P99)
	for _, code := range slices.Sorted(maps.Keys(r.Failures)) {
		fmt.Fprintf(&b, "\n**%d rows could not be judged (%s); no figure counts them.**\n", r.Failures[code], code)
	}
	b.WriteString("\n| label | language | rows / positive | AUROC | recall at 1 % FPR | recall at 2 % FPR |\n|---|---|---|---|---|---|\n")
	for _, t := range r.Tables {
		fmt.Fprintf(&b, "| %s | %s | %d / %d | %s | %s | %s |\n", t.Label, t.Lang, t.Rows, t.Positives, t.AUROC, t.RecallAt1, t.RecallAt2)
	}
	writePoints(&b, r.Tables)
	r.writeAdvice(&b)
	r.writeCalibration(&b)
	r.writeEntities(&b)
	if r.Comparison != nil {
		r.Comparison.write(&b)
	}
	for _, l := range slices.Sorted(maps.Keys(r.Ignored)) {
		fmt.Fprintf(&b, "\nLabel %s, in %d rows, is nothing that was looked for, at least not on this side of the model (--source).\n", l, r.Ignored[l])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writePoints(b *strings.Builder, tables []Table) {
	b.WriteString("\n| label | language | line | precision | recall | F1 | false positive rate |\n|---|---|---|---|---|---|---|\n")
	for _, t := range tables {
		for _, p := range t.Points {
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n", t.Label, t.Lang, p.At, p.Precision, p.Recall, p.F1, p.FalsePositive)
		}
	}
}

// writeAdvice sets what each strength would give beside the one that is advised.
func (r Report) writeAdvice(b *strings.Builder) {
	for i, a := range r.Advice {
		if i == 0 {
			b.WriteString("\nPrecision / recall / false positive rate at each strength:\n")
			fmt.Fprintf(b, "\n| category | LOW | MEDIUM | HIGH | advised for at most %.3g %% false positives |\n|---|---|---|---|---|\n", 100*a.Tolerated)
		}
		fmt.Fprintf(b, "| %s |", a.Label)
		for _, strength := range []string{StrengthLow, StrengthMedium, StrengthHigh} {
			fmt.Fprintf(b, " %s |", tableNamed(&r, a.Label).at(strength))
		}
		advised := string(a.Strength)
		if advised == "" {
			advised = "too few rows to say"
		}
		fmt.Fprintf(b, " %s |\n", advised)
	}
}

// at writes the figures of one line in short.
func (t *Table) at(point string) string {
	short := func(f *Figure) string {
		if f == nil {
			return "–"
		}
		return fmt.Sprintf("%.2f", f.Value)
	}
	for _, p := range t.Points {
		if p.At == point {
			return short(p.Precision) + " / " + short(p.Recall) + " / " + p.FalsePositive.String()
		}
	}
	return "–"
}

func (r Report) writeCalibration(b *strings.Builder) {
	head := "\n| label | forecast | rows | mean forecast | share with the label | calibration error | Brier |\n|---|---|---|---|---|---|---|\n"
	for _, t := range r.Tables {
		for i, bin := range t.Reliability {
			b.WriteString(head)
			head = ""
			fmt.Fprintf(b, "| %s | %.1f–%.1f | %d | %.3f | %.3f (%.2f–%.2f) |", t.Label, bin.From, bin.To, bin.Rows, bin.Forecast, bin.Share, bin.Low, bin.High)
			if i == 0 {
				fmt.Fprintf(b, " %s | %s |\n", t.CalibrationError, t.Brier)
			} else {
				b.WriteString(" | |\n")
			}
		}
	}
}

func (r Report) writeEntities(b *strings.Builder) {
	if len(r.Entities) == 0 {
		return
	}
	b.WriteString("\n| personal data | language | marked / reported | precision | recall | F1 | recall, overlap is enough |\n|---|---|---|---|---|---|---|\n")
	for _, e := range r.Entities {
		fmt.Fprintf(b, "| %s | %s | %d / %d | %s | %s | %s | %s |\n", e.Type, e.Lang, e.Marked, e.Reported, e.Precision, e.Recall, e.F1, e.RecallOverlapped)
	}
}

func (c Comparison) write(b *strings.Builder) {
	fmt.Fprintf(b, "\nAgainst %s, on %d rows that both judged. Differences, this less the other:\n", c.With, c.Rows)
	b.WriteString("\n| label | language | rows / positive | AUROC | recall at 1 % FPR | recall at 2 % FPR |\n|---|---|---|---|---|---|\n")
	for _, t := range c.Differences {
		fmt.Fprintf(b, "| %s | %s | %d / %d | %s | %s | %s |\n", t.Label, t.Lang, t.Rows, t.Positives, t.AUROC.signed(), t.RecallAt1.signed(), t.RecallAt2.signed())
	}
	b.WriteString("\n| label | language | line | precision | recall | F1 | false positive rate |\n|---|---|---|---|---|---|---|\n")
	for _, t := range c.Differences {
		for _, p := range t.Points {
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n", t.Label, t.Lang, p.At, p.Precision.signed(), p.Recall.signed(), p.F1.signed(), p.FalsePositive.signed())
		}
	}
	if len(c.Turned) == 0 {
		b.WriteString("\nNo verdict turned.\n")
		return
	}
	fmt.Fprintf(b, "\n%d verdicts turned, the first of them here:\n\n| line | id | label | line drawn | turned |\n|---|---|---|---|---|\n", len(c.Turned))
	for _, t := range c.Turned[:min(most, len(c.Turned))] {
		fmt.Fprintf(b, "| %d | %s | %s | %s | %s |\n", t.Line, t.ID, t.Label, t.At, t)
	}
}

// String says what the turn is in a word or two.
func (t Turn) String() string {
	switch {
	case t.Positive && t.After:
		return "found now"
	case t.Positive:
		return "**missed now**"
	case t.After:
		return "**flagged wrongly now**"
	default:
		return "no longer flagged wrongly"
	}
}

// signed writes a difference, in bold where its interval leaves out 0.
func (f *Figure) signed() string {
	switch {
	case f == nil:
		return "–"
	case f.Low > 0 || f.High < 0:
		return fmt.Sprintf("**%+.3f** (%+.2f to %+.2f)", f.Value, f.Low, f.High)
	default:
		return fmt.Sprintf("%+.3f (%+.2f to %+.2f)", f.Value, f.Low, f.High)
	}
}
