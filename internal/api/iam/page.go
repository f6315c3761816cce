package iam

import (
	"encoding/base64"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
)

// defaultPage is the size of a page where the caller names none.
const defaultPage = 100

// pageOf reads where a list goes on. A marker is the name that the page before ended with: it opens nothing that the caller could not
// list, so that it needs no signature.
func pageOf(marker *string, most *int32) (iam.Page, error) {
	page := iam.Page{Limit: defaultPage}
	if most != nil {
		page.Limit = int(*most)
	}
	if marker != nil {
		after, err := base64.RawURLEncoding.DecodeString(*marker)
		if err != nil {
			return page, fault.New(fault.Invalid, "Invalid Marker: the value is not one that a list was answered with.")
		}
		page.After = string(after)
	}
	return page, nil
}

// markerOf writes where the next page begins; nil at the end.
func markerOf(next string) (marker *string, truncated *bool) {
	if next == "" {
		return nil, new(false)
	}
	return new(base64.RawURLEncoding.EncodeToString([]byte(next))), new(true)
}
