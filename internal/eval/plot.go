package eval

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// Measures of the picture in pixels: each label is a row of two square panels.
const (
	side    = 220.0
	left    = 56.0
	between = 76.0
	top     = 44.0
	below   = 52.0
	rowHigh = top + side + below
	wide    = left + side + between + side + 24
)

// plotStyle suits light and dark backgrounds; colours are told apart by lightness and by dashes as well.
const plotStyle = `<style>
.paper{fill:#fff}text{fill:#1f2328;font:12px system-ui,sans-serif}.head{font-weight:600;font-size:14px}.small{font-size:11px}.end{text-anchor:end}.mid{text-anchor:middle}
.grid{stroke:#d1d9e0}.even{stroke:#818b98;stroke-dasharray:2 3}.this{stroke:#0550ae;stroke-width:2;fill:none}.other{stroke:#bc4c00;stroke-width:1.5;stroke-dasharray:6 3;fill:none}
.dot{fill:#0550ae}.bar{stroke:#0550ae}
@media(prefers-color-scheme:dark){.paper{fill:#0d1117}text{fill:#e6edf3}.grid{stroke:#3d444d}.even{stroke:#9198a1}.this{stroke:#79c0ff}.other{stroke:#ffa657}.dot{fill:#79c0ff}.bar{stroke:#79c0ff}}
</style>
`

// WriteSVG draws for each label with texts that have it and texts that do not its ROC curve with the lines that can be drawn, and how
// far its forecasts hold. other is drawn dashed beside it; nil for none.
func (r Report) WriteSVG(w io.Writer, other *Report) error {
	var drawn []Table
	for _, t := range r.Tables {
		if t.ROC != nil {
			drawn = append(drawn, t)
		}
	}
	p := &picture{}
	high := 30 + rowHigh*float64(len(drawn))
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img">`+"\n", wide, high, wide, high)
	p.printf("<title>%s</title>\n%s<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>\n", escaped(r.Subject), plotStyle)
	p.text(left, 20, "small", legend(r, other))
	for i, t := range drawn {
		y := 30 + rowHigh*float64(i)
		p.text(left, y+18, "head", t.Label)
		p.text(left, y+34, "small", fmt.Sprintf("%d rows, %d with it; AUROC %s", t.Rows, t.Positives, t.AUROC))
		ruled := panel{p, left, y + top}
		ruled.axes("false positive rate", "recall")
		if base := tableNamed(other, t.Label); base != nil {
			ruled.curve("other", base.ROC)
		}
		ruled.curve("this", t.ROC)
		ruled.lines(t.Points)
		held := panel{p, left + side + between, y + top}
		if t.Reliability == nil {
			p.text(held.x, held.y+14, "small", "This detection gives no probability.")
			continue
		}
		p.text(held.x, y+34, "small", fmt.Sprintf("calibration error %s", t.CalibrationError))
		held.axes("forecast", "share with the label")
		if base := tableNamed(other, t.Label); base != nil {
			held.curve("other", shares(base.Reliability))
		}
		held.curve("this", shares(t.Reliability))
		held.bars(t.Reliability)
	}
	p.printf("</svg>\n")
	_, err := io.WriteString(w, p.String())
	return err
}

func legend(r Report, other *Report) string {
	const points = ". L, M, H: at that strength; c: as configured."
	if other == nil {
		return r.Subject + points
	}
	return r.Subject + "; dashed: " + other.Subject + points
}

// tableNamed is a label's table over all rows, or nil.
func tableNamed(r *Report, label string) *Table {
	if r == nil {
		return nil
	}
	for i, t := range r.Tables {
		if t.Label == label && t.Lang == "" {
			return &r.Tables[i]
		}
	}
	return nil
}

func shares(reliability []Bin) (curve [][2]float64) {
	for _, b := range reliability {
		curve = append(curve, [2]float64{b.Forecast, b.Share})
	}
	return curve
}

type picture struct{ strings.Builder }

func (p *picture) printf(format string, args ...any) { fmt.Fprintf(p, format, args...) }

func (p *picture) text(x, y float64, class, s string) {
	p.printf("<text class=%q x=\"%.1f\" y=\"%.1f\">%s</text>\n", class, x, y, escaped(s))
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// panel is one square in which both axes go from 0 to 1; x and y are its upper left corner.
type panel struct {
	*picture
	x, y float64
}

func (p panel) at(v [2]float64) (x, y float64) { return p.x + side*v[0], p.y + side*(1-v[1]) }

func (p panel) axes(across, up string) {
	p.printf(`<path class="grid" fill="none" d="`)
	for i := range 5 {
		at := side * float64(i) / 4
		p.printf("M%.1f %.1fv%.1fM%.1f %.1fh%.1f", p.x+at, p.y, side, p.x, p.y+at, side)
	}
	p.printf("\"/>\n<path class=\"even\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", p.x, p.y+side, p.x+side, p.y)
	for i := range 5 {
		at := side * float64(i) / 4
		p.text(p.x+at, p.y+side+15, "small mid", fmt.Sprintf("%.2g", float64(i)/4))
		p.text(p.x-6, p.y+side-at+4, "small end", fmt.Sprintf("%.2g", float64(i)/4))
	}
	p.text(p.x+side/2, p.y+side+31, "small mid", across)
	p.printf("<text class=\"small mid\" transform=\"translate(%.1f %.1f) rotate(-90)\">%s</text>\n", p.x-38, p.y+side/2, up)
}

func (p panel) curve(class string, points [][2]float64) {
	if len(points) == 0 {
		return
	}
	p.printf(`<path class=%q d="`, class)
	for i, v := range points {
		x, y := p.at(v)
		p.printf("%c%.1f %.1f", "ML"[min(i, 1)], x, y)
	}
	p.printf("\"/>\n")
}

// lines marks where a line can be drawn. Strengths are L, M and H; c is what is configured.
func (p panel) lines(points []Point) {
	for _, point := range points {
		if point.FalsePositive == nil || point.Recall == nil {
			continue
		}
		x, y := p.at([2]float64{point.FalsePositive.Value, point.Recall.Value})
		name := strings.TrimPrefix(point.At, "strength ")[:1]
		p.printf("<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>%s: recall %.3f, false positive rate %.3f</title></circle>\n", x, y, point.At, point.Recall.Value, point.FalsePositive.Value)
		if point.At == Configured { // it often is where a strength is: on the other side
			p.text(x-6, y-5, "small end", name)
		} else {
			p.text(x+6, y+12, "small", name)
		}
	}
}

// bars gives each bin its dot and its interval.
func (p panel) bars(reliability []Bin) {
	for _, b := range reliability {
		x, low := p.at([2]float64{b.Forecast, b.Low})
		_, high := p.at([2]float64{b.Forecast, b.High})
		_, y := p.at([2]float64{b.Forecast, b.Share})
		p.printf("<path class=\"bar\" d=\"M%.1f %.1fV%.1f\"/>\n", x, low, high)
		p.printf("<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>%d rows: forecast %.3f, share %.3f</title></circle>\n", x, y, b.Rows, b.Forecast, b.Share)
	}
}
