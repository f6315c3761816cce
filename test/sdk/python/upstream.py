"""A small server of OpenAI chat completions that a test tells what to say."""
import http.server
import json
import threading


class Upstream:
    def __init__(self):
        self.say = ["hello"]  # the pieces of the answer
        self.tool = None  # (name, arguments) of a tool call in place of the text
        self.fail = 0  # a status to refuse with
        self.asked = []
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                upstream.asked.append(body)
                if upstream.fail:
                    return self.reply(upstream.fail, "application/json", b"{}")
                if self.path == "/tokenize":
                    return self.reply(200, "application/json", json.dumps({"count": len(json.dumps(body["messages"])), "tokens": []}).encode())
                usage = {"prompt_tokens": 7, "completion_tokens": 11}
                message, finish = {"role": "assistant", "content": "".join(upstream.say)}, "stop"
                pieces = [{"content": p} for p in upstream.say]
                if upstream.tool:
                    call = {"index": 0, "id": "call_1", "type": "function", "function": dict(zip(("name", "arguments"), upstream.tool))}
                    message, finish, pieces = {"content": None, "tool_calls": [call]}, "tool_calls", [{"tool_calls": [call]}]
                if not body["stream"]:
                    choice = {"index": 0, "message": message, "finish_reason": finish}
                    return self.reply(200, "application/json", json.dumps({"choices": [choice], "usage": usage}).encode())
                chunks = [{"choices": [{"index": 0, "delta": p, "finish_reason": None}]} for p in pieces]
                chunks += [{"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}, {"choices": [], "usage": usage}]
                events = "".join(f"data: {json.dumps(c)}\n\n" for c in chunks) + "data: [DONE]\n\n"
                self.reply(200, "text/event-stream", events.encode())

            def reply(self, status, kind, data):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
