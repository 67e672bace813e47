package decnet

// DrainRequest names stopped containers whose logs are to be read to their ends.
type DrainRequest struct {
	Containers []string `json:"containers"`
}

// DrainAnswer says that every line of them is on the bus.
type DrainAnswer struct {
	Lines int `json:"lines"` // how many of them were not yet
}
