package pii

import (
	"sync"
	"unicode/utf8"
)

// syllable says what a syllable of Hangul may begin; it is looked at for each Korean word, so it is a table and no map.
type syllable uint8

const (
	mayBeSurname syllable = 3 // its weight in surnameWeights
	beginsTitle  syllable = 1 << 2
	beginsNumber syllable = 1 << 3
)

// surnameWeights are the weights of a syllable's surname classes: how many Koreans bear it, roughly.
var surnameWeights = [4]float64{0, 0.4, 0.8, 1}

const (
	firstSyllable = 0xAC00
	lastSyllable  = 0xD7A3
)

var syllables = sync.OnceValue(func() *[lastSyllable - firstSyllable + 1]syllable {
	table := new([lastSyllable - firstSyllable + 1]syllable)
	for class, list := range [...]string{
		1: "경사부가복태목형두감호음빈동온계피시팽승범간견단화창",
		2: "지도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예봉",
		3: "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나진엄채원천방공현함변염여추",
	} {
		for _, r := range list {
			table[r-firstSyllable] |= syllable(class)
		}
	}
	for title := range koreanTitles() {
		if r, _ := utf8.DecodeRuneInString(title); r >= firstSyllable && r <= lastSyllable {
			table[r-firstSyllable] |= beginsTitle
		}
	}
	for _, r := range "열스서마쉰예일여아하한둘두셋세넷네다" {
		table[r-firstSyllable] |= beginsNumber
	}
	return table
})

// syllableOf gives what the first syllable of word may begin.
func syllableOf(word string) syllable {
	r, _ := utf8.DecodeRuneInString(word)
	if r < firstSyllable || r > lastSyllable {
		return 0
	}
	return syllables()[r-firstSyllable]
}

// finalConsonant reports whether the syllable ends in a consonant.
func finalConsonant(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return r >= firstSyllable && r <= lastSyllable && (r-firstSyllable)%28 != 0
}

// surnameOf weighs a syllable as a surname, 0 to 1.
func surnameOf(word string) float64 { return surnameWeights[syllableOf(word)&mayBeSurname] }
