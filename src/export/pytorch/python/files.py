def read_safetensors(path):
    """The tensors of a file, by name: 8 bytes with the length of a JSON header, the header, raw numbers."""
    raw = Path(path).read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    tensors = {}
    for name, entry in json.loads(raw[8:start]).items():
        if name == "__metadata__":
            continue
        first, end = entry["data_offsets"]
        numbers = np.frombuffer(raw[start + first : start + end], {"F32": "<f4", "I64": "<i8"}[entry["dtype"]])
        tensors[name] = torch.tensor(numbers.reshape(entry["shape"]))
    return tensors
