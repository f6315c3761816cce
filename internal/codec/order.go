package codec

import (
	"maps"
	"slices"
)

// Keys gives a map's keys in order, so that what is written and what is reported never depends on chance.
func Keys[K ~string, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
