// Package chattemplate writes a conversation as the prompt of a model, by the chat template that the model was published with.
//
// Templates are Jinja. The subset here is what published chat templates use: if, for, set, macro, namespaces, the filters, tests and methods that are
// listed in filter.go, test.go and method.go, and the trimming of white space that transformers switches on. A template comes with a model's files,
// so it is not trusted: it sees nothing but the values that it is given, no attribute leads out of them, and its steps, depth and output are bounded.
//
// Who writes a message must not be able to speak in the model's own marks. Values are therefore the template's own or Foreign, and the output tells which
// of its bytes are foreign, through concatenation, trimming and slicing; a tokenizer then takes marks in the others alone.
package chattemplate

// Foreign is a string that somebody else wrote, such as the content of a message.
type Foreign string

// Member is a named value of an Object.
type Member struct {
	Name  string
	Value any
}

// Object is a mapping whose order counts, as it does in the JSON of a tool.
type Object []Member

// Output is a prompt, and which of its bytes are foreign, in order.
type Output struct {
	Text    string
	Foreign []Span
}
