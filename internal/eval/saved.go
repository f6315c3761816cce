package eval

import (
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes the report as ReadReport reads it.
func (r Report) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// ReadReport reads a report that an earlier run has written.
func ReadReport(data []byte) (*Report, error) {
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	if r.Format != Format || len(r.Outcomes) != r.Rows {
		return nil, fmt.Errorf("read report: it is of the form %.40q with %d of %d rows; this merlon reads %s", r.Format, len(r.Outcomes), r.Rows, Format)
	}
	return &r, nil
}
