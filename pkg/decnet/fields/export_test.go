package fields

// Made is table.json.
func Made() []byte { return made }
