//! Text from which pieces are taken out without a trace in its white space.

/// What is left of a cell, written piece by piece.
#[derive(Default)]
pub struct Text {
    written: String,
    /// White space that is written before what comes next.
    space: String,
    /// Whether something was taken out since.
    gap: bool,
}

impl Text {
    pub fn push(&mut self, text: &str) {
        if !self.written.is_empty() {
            self.written.push_str(&self.space);
        }
        self.written.push_str(text);
        (self.space, self.gap) = (String::new(), false);
    }

    /// Of the white space on both sides of a gap the longer one is kept.
    pub fn space(&mut self, space: &str) {
        let lines = |text: &str| text.matches('\n').count();
        if !self.gap || lines(space) > lines(&self.space) {
            space.clone_into(&mut self.space);
        }
    }

    pub fn gap(&mut self) {
        self.gap = true;
    }

    /// What was written, with the space that follows it.
    pub fn take(&mut self) -> String {
        let taken = std::mem::take(self);
        if taken.written.is_empty() { String::new() } else { taken.written + &taken.space }
    }
}
