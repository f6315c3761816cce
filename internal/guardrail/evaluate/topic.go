package evaluate

import (
	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/topic"
)

// TopicFactories gives the family that the topic model serves: denied topics.
func TopicFactories(m *topic.Model) Factories {
	return Factories{
		detect.Topic: func(w Wanted) ([]detect.Detector, error) {
			var topics []topic.Topic
			for _, t := range w.Topics {
				topics = append(topics, topic.Topic{Name: t.Name, Definition: t.Definition, Samples: t.Examples})
			}
			return one(topic.New(m, topics...))
		},
	}
}
