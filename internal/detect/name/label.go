package name

import "merlon.dev/merlon/internal/detect/pii"

// labels are the types that the model tells, in the order of its head: class 1+2i begins a value of labels[i], class 2+2i goes on with it.
var labels = [...]pii.Type{pii.Name, pii.Address, pii.Username, pii.Password, pii.Age}

const (
	outside = 0 // the class of tokens in no value
	classes = 1 + 2*len(labels)
)

// begin and inside are the classes of label i.
func begin(label int) int  { return 1 + 2*label }
func inside(label int) int { return 2 + 2*label }

// labelOf is the label of a class other than outside.
func labelOf(class int) int { return (class - 1) / 2 }

// follows reports whether a token of class after may come right after one of class before: an inside follows its own kind.
func follows(before, after int) bool {
	return after == outside || after%2 == 1 || before != outside && labelOf(before) == labelOf(after)
}
