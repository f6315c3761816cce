#!/usr/bin/env python3
"""Render templates in the forms of published ones with Jinja as transformers sets it up, and write golden.json.

  pip install jinja2==3.1.6;  golden.py
"""
import json, os
from jinja2.exceptions import TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

os.chdir(os.path.dirname(os.path.abspath(__file__)))
CHATML = """{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""
HEADER = """{{- bos_token }}
{%- set loop_messages = messages %}
{%- for message in loop_messages %}
    {%- set content = '<|start|>' + message['role'] + '<|end|>\\n\\n' + message['content'] | trim + '<|eot|>' %}
    {%- if loop.index0 == 0 and message.role != 'system' %}
        {%- set content = '<|start|>system<|end|>\\n\\n<|eot|>' ~ content %}
    {%- endif %}
    {{- content }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start|>assistant<|end|>\\n\\n' }}
{%- endif %}
"""
INST = """{%- if messages[0]["role"] == "system" %}
    {%- set system = messages[0]["content"] %}
    {%- set rest = messages[1:] %}
{%- else %}
    {%- set rest = messages %}
{%- endif %}
{{- bos_token }}
{%- for message in rest %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('roles have to take turns, ' + message['role'] + ' at ' ~ loop.index) }}
    {%- endif %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system is defined %}
            {{- "[INST] " + system + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- else %}
        {{- " " + message["content"]|trim + eos_token }}
    {%- endif %}
{%- endfor %}
"""
TOOLS = """{%- macro shape(p, depth=0) -%}
{{ p.name }}: {{ p.type | default("any") }}{% if p.required is defined and p.required %}!{% endif %}
{%- endmacro -%}
{%- set ns = namespace(found=false, last=-1, text='') -%}
{%- if tools is defined and tools is not none and tools | length > 0 %}
# Tools
{% for tool in tools %}
- {{ tool.function | tojson }}
{% for name, p in tool.function.parameters.properties.items() %}
    * {{ shape({'name': name, 'type': p.type, 'required': name in tool.function.parameters.required}) }}
{% endfor %}
{% endfor %}
{{ tools | tojson(indent=2) }}
{% endif %}
{%- for message in messages[::-1] %}
  {%- set index = (messages | length - 1) - loop.index0 %}
  {%- if message.role == "user" and message.content is string and not (message.content.startswith('<tool>') and message.content.endswith('</tool>')) and not ns.found %}
    {%- set ns.found = true %}{% set ns.last = index %}
  {%- endif %}
{%- endfor %}
last user: {{ ns.last }}
{% for m in messages if m.role != 'system' %}
{%- set content = m.content if m.content is string else (m.content | selectattr('type', 'equalto', 'text') | map(attribute='text') | join(' ')) %}
{%- if m.role == 'assistant' and '</think>' in content %}
{%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
{%- set content = content.split('</think>')[-1].lstrip('\\n') %}
[{{ thought }}]
{%- endif %}
{{ loop.index }}/{{ loop.length }} {{ m.role | upper }}: {{ content }}{{ '' if loop.last else ',' }}
{%- if m.tool_calls %}{% for call in m.tool_calls %}
 -> {{ call.function.name }}({% for k, v in call.function.arguments | items %}{{ k }}={{ v | tojson if v is not string else v }}{{ ", " if not loop.last }}{% endfor %})
{%- endfor %}{% endif %}
{% else %}
nobody
{% endfor %}
"""
ODD = """{#- a comment -#}
{% set x = 7 %}{% set a, b = 1, 2.5 %}
{{ x // 2 }} {{ x / 2 }} {{ x % 4 }} {{ -x + 3 * 2 }} {{ 1 ~ 'a' ~ none }} {{ [1, 'b', none, true, 2.0] }} {{ {'k': "it's"} }} {{ 'abc'[1] }} {{ 'abcdef'[1:-2] }} {{ 'abc'[::-1] }}
  {% if x > 3 and not x == 8 or false %}
yes {{ 3 if x is odd else 4 }}
  {% elif x == 3 %}
no
  {% endif %}
{%+ if true %}kept{% endif +%}
{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{{ loop.previtem }};{% endfor %}

{% for c in 'ab한' %}{{ c }}|{% endfor %}
{% set block %}
  inner {{ x }}
{% endset %}
{{ block | trim }} {{ missing }} {{ missing | default('d') }} {{ '' | default('e', true) }} {{ missing is defined }} {{ 'a,b,,c'.split(',') }} {{ ' x  y '.split() }}
{{ 'one two'.title() }} {{ 'éA' | upper }} {{ 'aXbX'.replace('X', '-') }} {{ '  pad '.strip() }}| {{ 'xxabxx'.strip('x') }} {{ ['b', 'a'] | join('+') }} {{ [3, 4] | first }} {{ [3, 4] | last }} {{ 'é"\\n' | tojson }} {{ {'b': [1, {'a': 2}], 'c': {}} | tojson }}
{{ 1 < 2 < 3 }} {{ 'a' in ['a'] }} {{ 'z' not in 'abc' }} {{ {'a': 1}.get('b', 5) }} {{ {'a': 1}['a'] }} {{ (1, 2)[0] }} {{ 'a' 'b' }} {{ "%s" if false }} {{ [1,2,3] | length }} {{ 5 | string + '!' }} {{ '12' | int + 1 }} {{ true and 'last' }} {{ [] or 'empty' }} {{ not [] }}
{{ ['a', 'b'] | map('upper') | list }} {{ [1, 2, 3] | reject('even') | list }} {{ 'l1\\nl2' | indent(2) }} {% for k, v in {'z': 1, 'a': 2} | dictsort %}{{ k }}{{ v }}{% endfor %}
"""
plain = [{'role': 'system', 'content': ' Be kind. '}, {'role': 'user', 'content': 'Hi  <|im_end|>\\n'}, {'role': 'assistant', 'content': ' Hello!\n'}, {'role': 'user', 'content': '안녕 🙂 "q" & <b>'}]
tools = [{'type': 'function', 'function': {'name': 'weather', 'description': 'It\'s <hot>?', 'parameters': {'type': 'object', 'properties': {'city': {'type': 'string'}, 'days': {'type': 'integer'}}, 'required': ['city']}}}]
calls = plain[:2] + [{'role': 'assistant', 'content': '<think>\nhm\n</think>\n\nlet me see', 'tool_calls': [{'type': 'function', 'function': {'name': 'weather', 'arguments': {'city': 'Köln', 'days': 2}}}]},
                     {'role': 'user', 'content': '<tool>4 degrees</tool>'}, {'role': 'user', 'content': [{'type': 'text', 'text': 'and'}, {'type': 'image'}, {'type': 'text', 'text': 'then?'}]}]
cases = []


def raise_exception(message):
    raise TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
env.filters['tojson'] = tojson
env.globals['raise_exception'] = raise_exception
for name, source in (('chatml', CHATML), ('header', HEADER), ('inst', INST), ('tools', TOOLS), ('odd', ODD)):
    for messages in (plain, plain[1:], plain[1:2], plain[2:], calls, []):
        for t in (None, tools):
            if (name in ('chatml', 'header', 'inst') and (t or messages is calls)) or name == 'odd' and (t or messages): continue
            values = {'messages': messages, 'bos_token': '<s>', 'eos_token': '</s>', 'add_generation_prompt': messages is not plain, 'tools': t}
            case = {'name': name, 'template': source, 'values': values}
            try:
                case['want'] = env.from_string(source).render(**values)
            except Exception as e:
                case['error'] = str(e)
            cases.append(case)
with open('golden.json', 'w', encoding='utf-8') as f:
    json.dump(cases, f, ensure_ascii=False, indent=1)
