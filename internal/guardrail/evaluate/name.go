package evaluate

import (
	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/pii"
)

// NameFactories gives the family of personal data with a model for the types that have no format, such as names and addresses. The model
// is asked only where a filter wants one of them.
func NameFactories(r pii.Reader) Factories {
	return Factories{
		detect.PII: func(w Wanted) ([]detect.Detector, error) { return one(pii.NewWithReader(r, w.Entities...)) },
	}
}
