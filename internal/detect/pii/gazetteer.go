package pii

import (
	_ "embed" // for namesTable
	"encoding/binary"
	"math/bits"
)

// namesTable holds what is known of 210,000 words, built by gazetteer/gen from the sources that gazetteer/README.md lists. It is
// read in place: nothing is unpacked at start.
//
//go:embed gazetteer/names.bin
var namesTable string

// lore is what the gazetteer knows of a word: how strongly it is known as a given name, as a surname and as an ordinary word,
// each 0 to 3, and whether it names a place, a people, a brand, a month. Zero means that the word is not known.
type lore uint8

func (l lore) known() bool  { return l != 0 }
func (l lore) given() int   { return int(l & 3) }
func (l lore) surname() int { return int(l >> 2 & 3) }
func (l lore) common() int  { return int(l >> 4 & 3) }
func (l lore) thing() bool  { return l&(1<<6) != 0 }

// loreOf looks up a word by its hash, as the scan and hashOf make it. One word in some hundred thousand is taken for another.
func loreOf(hash uint64) lore {
	const mask = 1<<18 - 1
	print := uint32(hash >> 40)
	for slot := int(bits.RotateLeft64(hash, 11) * 0x9E3779B97F4A7C15 >> 46); ; slot = (slot + 1) & mask {
		entry := binary.LittleEndian.Uint32([]byte(namesTable[slot*4 : slot*4+4]))
		if entry == 0 {
			return 0
		}
		if entry>>8 == print {
			return lore(entry)
		}
	}
}

// loreOfScript looks up a word of another script than Latin.
func loreOfScript(word string) lore {
	hash := uint64(hashSeed)
	for i := range len(word) {
		hash = (hash ^ uint64(word[i])) * hashPrime
	}
	return loreOf(hash)
}
