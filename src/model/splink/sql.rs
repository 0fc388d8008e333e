//! The part of SQL in which Splink's own libraries write their levels.

/// Expression over the two records of a pair.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sql {
    /// Column of the left or right record: its name without `_l` or `_r`, and which.
    Column(String, Side),
    /// Number.
    Number(f64),
    /// Text between single quotation marks.
    Text(String),
    /// Function in lower case and what it is given.
    Call(String, Vec<Sql>),
    /// Two expressions and what stands between them, in lower case.
    Infix(Box<Sql>, &'static str, Box<Sql>),
    /// Whether an expression is missing.
    IsNull(Box<Sql>),
    /// Whether a condition does not hold.
    Not(Box<Sql>),
}

/// Which record of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The record called `l`.
    Left,
    /// The record called `r`.
    Right,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Quoted(String),
    Number(f64),
    Text(String),
    Symbol(&'static str),
}

/// Symbols, the longer before those that begin them.
const SYMBOLS: &[&str] = &[">=", "<=", "<>", "(", ")", ",", "=", ">", "<", "+", "-", "*", "/"];
/// Row of [`OPERATORS`] before which `not` binds.
const COMPARED: usize = 2;
/// Tokens of a condition, and brackets in brackets, at most: many more than anybody writes.
const MOST_TOKENS: usize = 1_000;
const MOST_NESTED: usize = 50;
/// Operators from the loosest to the tightest; those of one row bind alike.
const OPERATORS: &[&[&str]] =
    &[&["or"], &["and"], &["=", ">=", "<=", "<>", ">", "<"], &["+", "-"], &["*", "/"]];

/// Reads an expression; `None` for anything that Splink's libraries do not write.
pub(super) fn parse(text: &str) -> Option<Sql> {
    let tokens = tokens(text).filter(|tokens| tokens.len() <= MOST_TOKENS)?;
    let mut reader = Reader { tokens, place: 0, nested: 0 };
    let expression = reader.operators(0)?;
    (reader.place == reader.tokens.len()).then_some(expression)
}

/// Returns a condition in one line with its texts left out, for messages.
pub(super) fn masked(text: &str) -> String {
    let mut shown = String::new();
    for (place, part) in text.split('\'').enumerate() {
        shown.push_str(if place % 2 == 0 { part } else { "'…'" });
    }
    let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(120) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line,
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end_of =
            |inside: &dyn Fn(char) -> bool| rest.find(|c: char| !inside(c)).unwrap_or(rest.len());
        let length = if matches!(first, '\'' | '"' | '`') {
            let close = rest[1..].find(first)? + 1;
            let inside = rest[1..close].to_string();
            let text = first == '\'';
            found.push(if text { Token::Text(inside) } else { Token::Quoted(inside) });
            close + 1
        } else if first.is_ascii_digit() {
            let end = end_of(&|c| c.is_ascii_digit() || c == '.');
            found.push(Token::Number(rest[..end].parse().ok()?));
            end
        } else if first.is_alphabetic() || first == '_' {
            let end = end_of(&|c| c.is_alphanumeric() || c == '_');
            found.push(Token::Name(rest[..end].to_string()));
            end
        } else {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol))?;
            found.push(Token::Symbol(symbol));
            symbol.len()
        };
        rest = rest[length..].trim_start();
    }
    Some(found)
}

struct Reader {
    tokens: Vec<Token>,
    place: usize,
    nested: usize,
}

impl Reader {
    /// Reads what binds at least as tightly as a row of operators.
    fn operators(&mut self, row: usize) -> Option<Sql> {
        let Some(operators) = OPERATORS.get(row) else { return self.single() };
        if row == COMPARED && self.word("not") {
            return Some(Sql::Not(Box::new(self.inside(row)?)));
        }
        let mut left = self.operators(row + 1)?;
        if self.word("is") {
            if !self.word("null") {
                return None;
            }
            left = Sql::IsNull(Box::new(left));
        }
        while let Some(operator) = self.operator(operators) {
            let right = self.operators(row + 1)?;
            let right = if self.word("is") {
                self.word("null").then(|| Sql::IsNull(Box::new(right)))?
            } else {
                right
            };
            left = Sql::Infix(Box::new(left), operator, Box::new(right));
        }
        Some(left)
    }

    /// Reads what stands inside something else, unless that is so deep that nobody meant it.
    fn inside(&mut self, row: usize) -> Option<Sql> {
        self.nested += 1;
        let inside = (self.nested <= MOST_NESTED).then(|| self.operators(row))?;
        self.nested -= 1;
        inside
    }

    fn single(&mut self) -> Option<Sql> {
        match self.next()? {
            Token::Number(number) => Some(Sql::Number(number)),
            Token::Text(text) => Some(Sql::Text(text)),
            Token::Quoted(name) => column(&name),
            Token::Symbol("(") => {
                let inside = self.inside(0)?;
                self.symbol(")").then_some(inside)
            }
            Token::Symbol(_) => None,
            Token::Name(name) if self.symbol("(") => {
                let function = name.to_lowercase();
                let mut given = vec![self.inside(0)?];
                if function == "cast" {
                    let to_text = self.word("as") && (self.word("text") || self.word("varchar"));
                    return (to_text && self.symbol(")")).then(|| given.swap_remove(0));
                }
                while self.symbol(",") {
                    given.push(self.inside(0)?);
                }
                self.symbol(")").then_some(Sql::Call(function, given))
            }
            Token::Name(name) => column(&name),
        }
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.place).cloned();
        self.place += 1;
        token
    }

    fn operator(&mut self, operators: &[&'static str]) -> Option<&'static str> {
        let found = operators.iter().copied().find(|operator| match self.tokens.get(self.place) {
            Some(Token::Symbol(symbol)) => symbol == operator,
            Some(Token::Name(name)) => name.eq_ignore_ascii_case(operator),
            _ => false,
        });
        self.place += usize::from(found.is_some());
        found
    }

    fn symbol(&mut self, asked: &str) -> bool {
        let found = matches!(self.tokens.get(self.place), Some(Token::Symbol(s)) if *s == asked);
        self.place += usize::from(found);
        found
    }

    fn word(&mut self, asked: &str) -> bool {
        let found = matches!(
            self.tokens.get(self.place),
            Some(Token::Name(name)) if name.eq_ignore_ascii_case(asked)
        );
        self.place += usize::from(found);
        found
    }
}

fn column(name: &str) -> Option<Sql> {
    let (name, side) = match name.strip_suffix("_l") {
        Some(name) => (name, Side::Left),
        None => (name.strip_suffix("_r")?, Side::Right),
    };
    Some(Sql::Column(name.to_string(), side))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_bind_as_in_sql() {
        let read = parse("(a_l = a_r) AND \"b c_l\" <= 1 + 2 * 3 OR d_l IS NULL").unwrap();
        let Sql::Infix(and, "or", last) = read else { panic!("or binds last") };
        assert_eq!(*last, Sql::IsNull(Box::new(Sql::Column("d".into(), Side::Left))));
        let Sql::Infix(_, "and", compared) = *and else { panic!("and binds before or") };
        let Sql::Infix(_, "<=", sum) = *compared else { panic!("then comparison") };
        assert!(matches!(*sum, Sql::Infix(_, "+", _)), "then sums, then products");
    }

    #[test]
    fn not_takes_what_is_compared_and_no_more() {
        let Sql::Infix(not, "and", _) = parse("NOT a_l = a_r AND b_l = b_r").unwrap() else {
            panic!("and binds after not")
        };
        let Sql::Not(equal) = *not else { panic!("not is a part of its own") };
        assert!(matches!(*equal, Sql::Infix(_, "=", _)));
        assert!(matches!(parse("NOT (a_l = a_r OR b_l = b_r)"), Some(Sql::Not(_))));
    }

    #[test]
    fn what_is_beyond_the_part_read_is_no_expression() {
        for text in ["", "a_l =", "f(a_l", "case when a_l = a_r then 1 end", "a_l || a_r", "x -> 1"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_nobody_would_write_is_no_expression() {
        let nested = |depth: usize| "(".repeat(depth) + "a_l" + &")".repeat(depth);
        assert!(parse(&nested(MOST_NESTED)).is_some());
        for text in [
            nested(MOST_NESTED + 1),
            nested(100_000),
            "not ".repeat(100_000) + "a_l",
            "f(".repeat(100_000),
            "a_l = a_r and ".repeat(100_000) + "a_l = a_r",
        ] {
            assert_eq!(parse(&text), None);
        }
    }

    #[test]
    fn texts_are_left_out_of_messages() {
        assert_eq!(masked("\"a_l\" = 'Zoë'\n and 1"), "\"a_l\" = '…' and 1");
    }
}
