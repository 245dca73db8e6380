#!/usr/bin/python3
"""Each record that this member applies, as a line of JSON: local_reader.py SOCKET [CURSOR]"""
import json
import sys
import zmq

socket = zmq.Context().socket(zmq.DEALER)
socket.connect(f"ipc://{sys.argv[1]}")
cursor = int(sys.argv[2]) if len(sys.argv) > 2 else 0  # of the last line that was dealt with
while True:
    socket.send_json({"request": "want", "cursor": cursor, "wait_ms": 5000, "tag": str(cursor)})
    if not socket.poll(10_000):
        continue  # the daemon began anew and knows of no question
    reply = socket.recv_json()
    if not reply["ok"]:
        sys.exit(reply["message"])
    for line in reply["records"] if reply["tag"] == str(cursor) else []:
        print(json.dumps(line), flush=True)
        cursor = line["cursor"]
