package envelope

import (
	"encoding/binary"
	"maps"
	"slices"
)

// AppendContext appends the canonical form of an encryption context: the number of pairs, then the pairs in the order of the bytes of
// their names, every text behind its length. Equal contexts have equal forms and different contexts different ones, and nothing that
// follows can be taken for a part of it.
func AppendContext(to []byte, encryptionContext map[string]string) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(len(encryptionContext)))
	for _, name := range slices.Sorted(maps.Keys(encryptionContext)) {
		to = appendText(to, name)
		to = appendText(to, encryptionContext[name])
	}
	return to
}

func appendText(to []byte, text string) []byte {
	to = binary.BigEndian.AppendUint64(to, uint64(len(text)))
	return append(to, text...)
}

// associated gives the associated data of a ciphertext: its format, whatever precedes the body, and the context.
func associated(format byte, header []byte, encryptionContext map[string]string) []byte {
	data := append([]byte("merlon envelope"), format)
	data = appendText(data, string(header))
	return AppendContext(data, encryptionContext)
}
