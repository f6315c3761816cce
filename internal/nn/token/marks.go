package token

// marks puts combining marks into canonical order. Nearly all are removed; the order matters for the few that stay.
type marks struct {
	waiting []waitingMark
	sorted  []waitingMark
	from    []int32 // where the marks that begin a character lie, in the order of the text
	last    int32   // where the last character before the marks begins
	kept    bool    // whether one of the waiting marks stays
}

type waitingMark struct {
	folded
	first bool
}

func (m *marks) begin() {
	m.waiting, m.from, m.last, m.kept = m.waiting[:0], m.from[:0], 0, false
}

func (m *marks) add(f folded, from int32, first bool) {
	m.waiting = append(m.waiting, waitingMark{f, first})
	if first {
		m.from = append(m.from, from)
	}
	m.kept = m.kept || f.text != ""
}

// settle adds the marks that stay to word and counts them. Like the reference it gives places away in the order of the
// text, whichever mark comes first then.
func (m *marks) settle(word *mapped) (n int) {
	if m.kept {
		m.sort()
		from := m.from
		for i := range m.sorted {
			if w := &m.sorted[i]; w.first {
				m.last, from = from[0], from[1:]
			}
			if text := m.sorted[i].text; text != "" {
				word.add(text, m.last)
				n++
			}
		}
	}
	m.begin()
	return n
}

// sort orders the marks by class and keeps equal ones as they are. Counting holds it to linear time.
func (m *marks) sort() {
	var place [257]int
	for _, w := range m.waiting {
		place[int(w.order)+1]++
	}
	for i := 1; i < len(place); i++ {
		place[i] += place[i-1]
	}
	if cap(m.sorted) < len(m.waiting) {
		m.sorted = make([]waitingMark, len(m.waiting), 2*len(m.waiting))
	}
	m.sorted = m.sorted[:len(m.waiting)]
	for _, w := range m.waiting {
		m.sorted[place[w.order]] = w
		place[w.order]++
	}
}
