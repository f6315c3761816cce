package guardmodel

// Label is one output of the model.
type Label int

// The labels, in the order of the heads' rows: head.content first, then head.attack.
const (
	Hate Label = iota
	Insults
	Sexual
	Violence
	Misconduct
	Direct    // an attack by whoever writes
	Planted   // an attack hidden in a document, a search result or the answer of a tool
	Jailbreak // what kind of attack: to evade the safety of the model
	Injection // to override the instructions of its developer
	Leakage   // to get at its prompt
	labels    // how many there are
)

// contentLabels is how many of the labels are rows of head.content.
const contentLabels = int(Direct)

// String gives the name that calibration.json uses.
func (l Label) String() string {
	names := [labels]string{"HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT", "DIRECT", "PLANTED", "JAILBREAK", "INJECTION", "LEAKAGE"}
	if l < 0 || l >= labels {
		return "INVALID"
	}
	return names[l]
}

// Scores is the probability of each label, in [0, 1].
type Scores [labels]float64
