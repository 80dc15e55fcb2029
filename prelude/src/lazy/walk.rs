//! Ways through a plan that take no stack: a plan is as deep as the loop that made it has turns.
//!
//! Nothing that goes through plans calls itself. Who wants to know something of every expression takes a [`Walk`], which has
//! inputs before what is made of them. Who asks for parts of expressions, whose answers follow from those to other questions,
//! says how in [`Questions`].

use super::Plan;
use super::node::{IdMap, IdSet};
use crate::Result;

/// The expressions below some plans, themselves included: each once, inputs before what is made of them.
pub(crate) struct Walk<'a>(Vec<&'a Plan>);

impl<'a> Walk<'a> {
    pub fn of(roots: impl IntoIterator<Item = &'a Plan>) -> Self {
        let (mut seen, mut order) = (IdSet::default(), Vec::new());
        for root in roots {
            let mut way = Vec::new();
            if seen.insert(root.id()) {
                way.push((root, 0));
            }
            while let Some((plan, next)) = way.last_mut() {
                match plan.node().inputs.get(*next) {
                    Some(input) => {
                        *next += 1;
                        if seen.insert(input.id()) {
                            way.push((input, 0));
                        }
                    }
                    None => {
                        order.push(*plan);
                        way.pop();
                    }
                }
            }
        }
        Self(order)
    }

    pub fn iter(&self) -> impl Iterator<Item = &'a Plan> {
        self.0.iter().copied()
    }

    /// What `f` says of each expression; it is given what it said of the inputs.
    pub fn fold<T>(&self, mut f: impl FnMut(&'a Plan, &Found<T>) -> T) -> Found<T> {
        let mut found = Found(IdMap::with_capacity_and_hasher(self.0.len(), Default::default()));
        for plan in self.iter() {
            let value = f(plan, &found);
            found.0.insert(plan.id(), value);
        }
        found
    }
}

/// What a [`Walk`] has found of the expressions that it went by.
pub(crate) struct Found<T>(IdMap<T>);

impl<T> Found<T> {
    /// Of one of these expressions.
    pub fn of(&self, plan: &Plan) -> &T {
        self.0.get(&plan.id()).expect("a walk comes by every input")
    }

    /// The same, taken out.
    pub fn take(mut self, plan: &Plan) -> T {
        self.0.remove(&plan.id()).expect("a walk comes by every input")
    }
}

/// Questions whose answers follow from answers to others.
pub(crate) trait Questions {
    type Question;
    type Answer;
    /// What is kept of a question while another is answered for it.
    type Waiting;

    /// # Errors
    /// When there is no answer.
    fn ask(&mut self, question: Self::Question) -> Result<Next<Self>>;

    /// Goes on with a question, given the answer that it waited for.
    ///
    /// # Errors
    /// When there is no answer.
    fn go_on(&mut self, waiting: Self::Waiting, answer: Self::Answer) -> Result<Next<Self>>;
}

/// What becomes of a question.
pub(crate) enum Next<Q: Questions + ?Sized> {
    Answer(Q::Answer),
    /// The answer to another question is needed.
    Ask(Q::Question, Q::Waiting),
}

/// The answer to a question.
///
/// # Errors
/// That of the first question that has none.
pub(crate) fn answer<Q: Questions>(questions: &mut Q, question: Q::Question) -> Result<Q::Answer> {
    let mut waiting = Vec::new();
    let mut next = questions.ask(question)?;
    loop {
        next = match next {
            Next::Answer(answer) => match waiting.pop() {
                Some(before) => questions.go_on(before, answer)?,
                None => return Ok(answer),
            },
            Next::Ask(question, before) => {
                waiting.push(before);
                questions.ask(question)?
            }
        };
    }
}
