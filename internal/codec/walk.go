package codec

// Encoder, Decoder and Checker are filled in beside the first protocol.
type (
	Encoder interface{}
	Decoder interface{}
	Checker struct{}
)
