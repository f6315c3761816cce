package codec

// Empty is the input or output of an operation that has none.
type Empty struct{}

var schemaEmpty = Schema{Name: "Unit", Type: Structure}

// NewEmpty makes an Empty.
func NewEmpty() Shape { return new(Empty) }

// Schema gives a schema without members.
func (*Empty) Schema() *Schema { return &schemaEmpty }

// Encode does nothing.
func (*Empty) Encode(Encoder) {}

// Decode passes over whatever d holds.
func (*Empty) Decode(d Decoder) {
	for d.Member(&schemaEmpty) != nil { // members of an empty schema are all unknown, so that this ends at once
	}
}

// Check finds nothing.
func (*Empty) Check(*Checker) {}
