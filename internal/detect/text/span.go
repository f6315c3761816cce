package text

// Span is a half-open range [Start, End) of byte offsets into a text, on character borders.
type Span struct {
	Start, End int
}

// Len gives the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Overlaps reports whether the two spans share a byte.
func (s Span) Overlaps(other Span) bool { return s.Start < other.End && other.Start < s.End }
