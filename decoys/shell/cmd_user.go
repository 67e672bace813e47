package shell

// needRoot says that only root may do this.
func (p *proc) needRoot() bool {
	if p.user.uid == 0 {
		return true
	}
	p.errorf(1, "Permission denied.")
	return false
}
