package evaluate

import (
	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/attack"
	"merlon.dev/merlon/internal/detect/content"
	"merlon.dev/merlon/internal/detect/guardmodel"
)

// GuardModelFactories gives the families that the guard model serves: harmful content and prompt attacks.
func GuardModelFactories(m *guardmodel.Model) Factories {
	return Factories{
		detect.Content: func(w Wanted) ([]detect.Detector, error) {
			var categories []content.Category
			for _, c := range w.Categories {
				if familyOf(c) == detect.Content {
					categories = append(categories, content.Category(c))
				}
			}
			return one(content.New(m, categories...))
		},
		detect.Attack: func(w Wanted) ([]detect.Detector, error) {
			types := w.Attacks
			if len(types) == 0 {
				types = []attack.Type{attack.PromptAttack}
			}
			return one(attack.New(m, types...))
		},
	}
}
