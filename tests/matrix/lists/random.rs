//! Lists of several pages, with several things at once: whatever the seed says.

use super::lies::{self, Lie, counted, paged};
use super::{Case, Known};
use crate::model::fault::Fault;
use crate::model::list_fault::Alteration;
use crate::random::Random;

/// The case of this seed, which is told in its name.
pub(super) fn case(known: &[Known], seed: u64) -> Case<'_> {
    let mut random = Random::seeded(seed);
    let setups: Vec<&Known> = known.iter().filter(|known| paged(known.setup.name).is_some()).collect();
    let setup = setups[random.below(setups.len())];
    let name = setup.setup.name;
    let list = paged(name).unwrap();
    let mut shifts = Vec::new();
    for _ in 0..=random.below(4) {
        let page = random.below(3);
        let deeds: Vec<_> =
            (0..=random.below(3)).map(|_| (*random.one(&lies::places(name)), random.percent(50))).collect();
        shifts.push((page, 1 + random.below(3), deeds));
    }
    let count = counted(name).filter(|_| random.percent(25)).map(|list| (list, random.below(900) as u64));
    let size = (random.percent(25) && name != "many projects").then(|| 1 + random.below(260));
    let story = format!("seed {seed}: {shifts:?}, count {:?}, at most {size:?} a page", count.map(|(_, count)| count));
    let lie = Lie::new(story, move |cloud| {
        lies::prepare(name, cloud);
        for (page, times, deeds) in &shifts {
            let deed = lies::deed(name, cloud, deeds.clone());
            list.goes_wrong(cloud, *times, Some(*page), Fault::Meanwhile(deed));
        }
        if let Some((list, count)) = count {
            list.goes_wrong(cloud, usize::MAX, None, Fault::Alter(Alteration::count(move |_| count)));
        }
        if let Some(size) = size {
            list.goes_wrong(cloud, usize::MAX, None, Fault::Alter(Alteration::at_most(size)));
        }
    });
    Case { setup, lie }
}
