package awsquery

import (
	"net/http"
	"strconv"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/xmltext"
)

// Protocol is the server's side of awsQuery. The zero value is ready; it is safe for concurrent use.
type Protocol struct{}

var (
	_ codec.Protocol     = Protocol{}
	_ codec.ActionReader = Protocol{}
)

// Action gives the parameters Action and Version, of the body or the URL.
func (Protocol) Action(r *http.Request, body []byte) (name, apiVersion string, err error) {
	list, err := form(r, body)
	if err != nil {
		return "", "", err
	}
	for _, p := range list {
		into := &name
		switch p.name {
		case version:
			into = &apiVersion
		case action:
		default:
			continue
		}
		if *into != "" {
			return "", "", malformed("duplicate parameter %s", strconv.Quote(p.name))
		}
		*into = p.value
	}
	return name, apiVersion, nil
}

// DecodeRequest fills in from the parameters of the body and the URL. Parameters that the input does not have are passed over.
func (Protocol) DecodeRequest(_ *codec.Operation, r *http.Request, _ []string, body []byte, in codec.Shape) error {
	list, err := form(r, body)
	if err != nil {
		return err
	}
	if err := arrange(list); err != nil {
		return err
	}
	return decode(list, in)
}

// requestID is the header that the front has set before it lets a protocol answer; the body repeats it.
const requestID = "X-Amzn-Requestid"

// EncodeResponse writes status, headers and body.
func (Protocol) EncodeResponse(w http.ResponseWriter, op *codec.Operation, out codec.Shape) error {
	e := xmltext.NewEncoder(make([]byte, 0, 1024), codec.ISO8601)
	namespace := ""
	if op.Service != nil {
		namespace = op.Service.XMLNamespace
	}
	outer := op.Name + "Response"
	e.Open(outer, namespace)
	if _, none := out.(*codec.Empty); !none {
		e.Encode(resultName(op), "", out)
	}
	e.Open("ResponseMetadata", "")
	e.Text("RequestId", w.Header().Get(requestID))
	e.Close("ResponseMetadata")
	e.Close(outer)
	send(w, http.StatusOK, e.Bytes())
	return nil
}

// resultName is that of the element around the members of an answer.
func resultName(op *codec.Operation) string {
	if op.ResultWrapper != "" {
		return op.ResultWrapper
	}
	return op.Name + "Result"
}

// EncodeError writes a failed answer: whose fault it is, the code and the message.
func (Protocol) EncodeError(w http.ResponseWriter, failure codec.Failure) {
	if failure.RequestID != "" {
		w.Header().Set(requestID, failure.RequestID)
	}
	namespace := ""
	if failure.Service != nil {
		namespace = failure.Service.XMLNamespace
	}
	e := xmltext.NewEncoder(make([]byte, 0, 512), codec.ISO8601)
	e.Open("ErrorResponse", namespace)
	e.Open("Error", "")
	side := "Sender"
	if failure.Status >= http.StatusInternalServerError {
		side = "Receiver"
	}
	e.Text("Type", side)
	e.Text("Code", failure.Code)
	e.Text("Message", failure.Message)
	for _, name := range codec.Keys(failure.Members) {
		e.Text(name, failure.Members[name])
	}
	e.Close("Error")
	e.Text("RequestId", failure.RequestID)
	e.Close("ErrorResponse")
	send(w, failure.Status, e.Bytes())
}

func send(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/xml")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// A client that hung up is no fault of this answer, and nothing is left to be told to it.
	_, _ = w.Write(body)
}
