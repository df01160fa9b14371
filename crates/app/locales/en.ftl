# Reasons of assignments.
why-named = { $employee } holds this segment as { $position }
why-seat-own = seat “{ $seat }”, which is { $employee }'s own
why-seat = seat “{ $seat }”, given to { $employee }
why-drive = { $minutes } min from the centre of territory “{ $territory }” by road; the next quickest, { $next }, takes { $nextminutes } min
why-drive-alone = { $minutes } min from the centre of territory “{ $territory }” by road
why-not-quickest = { $minutes } min from the centre of territory “{ $territory }” by road; { $next } is quicker ({ $nextminutes } min), but balance or capacity speaks against it
why-near = { $km } km from the centre of territory “{ $territory }”; the next nearest, { $next }, is { $nextkm } km away
why-near-alone = { $km } km from the centre of territory “{ $territory }”
why-not-nearest = { $km } km from the centre of territory “{ $territory }”; { $next } is nearer ({ $nextkm } km), but balance or capacity speaks against it
why-no-place = no co-ordinates: placed where load was short
fitness-any = no skill is asked for
fitness-full = has every skill asked for at the best level there is
fitness-short = { $missing } skill levels short of the best
fitness-way = { $km } km away
why-fit = { $fitness }; the next best, { $next }: { $other }
why-fit-other-better = { $fitness }; { $next } would fit better ({ $other }), but capacity, balance or what a move costs speaks against it
why-load = evens the load among { $count ->
    [one] one employee
   *[other] { $count } employees
  }
why-follows = the same person as { $role }
why-parent = the same person as the head of the group
why-group = with the other members of its group
why-pinned = pinned: { $reason }
why-pinned-plain = pinned by the policy
why-by-hand = by hand by { $actor }, because { $reason }
why-by-hand-plain = by hand by { $actor }
why-nobody-staff = nobody: no employee at work may serve it
why-nobody-value = nobody: the account has no value to be divided by
why-nobody-skill = nobody: no employee holds the skills that are a must
why-nobody-holder = nobody: the role it follows has no holder
why-kept = stays with the present holder
why-moved = was with { $before }
why-holder-gone = the former holder has left

# How far from the best a pool is.
gap-determined = Nothing to optimise: the policy decides every account.
gap-optimal = Proven: no plan that keeps these promises is better than this one.
gap-some = No plan that keeps these promises can be better than this one by more than { $gap } % ({ $measured }).
gap-loose = The bound is loose here: it only excludes plans that are better than this one by more than { $gap } % ({ $measured }). How much of that could be gained is not known.
gap-empty = The bound says next to nothing here ({ $gap } %, { $measured }). That is no verdict on the plan: compare it with the plans of a front, or with those of other seeds.
gap-none = How much better another plan could be is not known: there is no bound for this pool.
gap-unfeasible = Some promise could not be kept, so there is no best plan to compare with: see what could not be kept.
gap-by-hand = The policy decides this pool; by hand, { $count ->
    [one] one account departs
   *[other] { $count } accounts depart
  } from it.
gap-of-way = way to the accounts, with the price of moves
gap-of-fit = missing skills, with the price of moves
gap-of-moves = price of moves

# How well somebody would serve an arrival, and why it is routed there.
because-centre = { $km } km from the centre
because-no-place = no co-ordinates: by load
because-skill = { $skill } at { $held } of { $best }
because-load = load { $percent } % of the mean
because-seat = holds seat "{ $seat }"
because-not-seat = does not hold seat "{ $seat }"
because-no-seat = nobody holds seat "{ $seat }": by load
because-turn = in turn, round { $turn }
because-unit = has unit "{ $unit }"
because-stands-in = stands in for { $holder }, who is away ({ $because })
route-manual = given by hand, by { $actor }
route-arrival = on arrival: { $reason }
route-group = holds the head of its group, { $parent }
route-full = { $because }; everybody is at the limit
route-better-full = { $because }; { $better } would be better but is at the limit
route-next = { $because }; next { $next }: { $other }

title-plan = Coverage plan from { $date }

# The card by which a customer knows whom to turn to.
card-title = Your contacts at { $company }
card-title-plain = Your contacts
card-for = For { $account }
card-as-of = As of { $day }
card-away-until = { $name } is away until { $day }. Until then, please turn to:
card-away = { $name } is away. Please turn to:
card-away-nobody-until = { $name } is away and back on { $day }.
card-away-nobody = { $name } is away.
card-position = Position
card-email = E-mail
card-phone = Telephone
card-hours = When
card-helps = Helps you with
card-nobody = Nobody is named here at the moment. Please turn to the office you know.
card-save = Save these contacts
card-unknown-title = This card is not available
card-unknown = The address was mistyped, or the card is no longer shared. Please ask your contact for a new one.
card-stands-in = stands in for { $name }
card-stands-in-until = stands in for { $name } until { $day }
card-day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
  } { $year }

# Whether promised service can be kept, and what would mend it.
service-short = Of { $promised } hours promised a year, { $short } find nobody who has them.
service-breaks = The first promise to give way is that of { $segment } as { $role }: { $accounts ->
    [one] one account is
   *[other] { $accounts } accounts are
  } short of { $hours } hours a year.
service-holds = All { $promised } hours promised a year can be kept; the first person runs short when they grow by { $headroom } %.
service-below = { $accounts ->
    [one] One account is served
   *[other] { $accounts } accounts are served
  } below the qualification that was promised.
mend-move = { $accounts ->
    [one] Move one account
   *[other] Move { $accounts } accounts
  } ({ $hours } hours) to { $to }.
mend-train = Train { $employees } in { $skills }, then move { $accounts ->
    [one] one account there.
   *[other] { $accounts } accounts there.
  }
mend-fewer = Promise { $of } { $feasible } contacts a year in place of { $contacts }.
mend-hire = Take on { $employees } more, beside { $beside }.
mend-hire-anybody = Take on { $employees } more.
mend-price = It costs { $cost } { $currency } a year.
mend-no-price = The policy does not say what it costs.

# What should be learnt, and who taken on.
skills-method = Values come from the optimiser: the prices of its limits tell what a level, or a person, would save (a sensitivity of the Lagrangian bound); the first few are made sure of by solving again. They count missing levels, each as a share of what is asked for.
skills-train = { $employee }: { $skill } from level { $from } to { $to } saves { $saved } missing levels; { $accounts ->
    [one] one account is
   *[other] { $accounts } accounts are
  } served better.
skills-hire = One more { $role } in { $segment } with { $skills } saves { $saved } missing levels; { $accounts ->
    [one] one account is
   *[other] { $accounts } accounts are
  } served better.

# Effort by segment against the strategy.
effort-as-meant = { $segment } takes { $share } % of the effort, as meant ({ $target } %).
effort-too-much = { $segment } takes { $share } % of the effort where { $target } % are meant: { $hours } hours a year too many.
effort-too-little = { $segment } takes { $share } % of the effort where { $target } % are meant: { $hours } hours a year too few.
effort-no-target = { $segment } takes { $share } % of the effort; the strategy says nothing of it.

# What a scenario changes.
scenario-hours = Accounts want { $after } hours a year in place of { $before }; there are { $hadafter } in place of { $hadbefore }.
scenario-moves = { $moved ->
    [one] One assignment is
   *[other] { $moved } assignments are
  } somebody else's, { $new } are new.
scenario-profit = A year brings { $after } { $currency } after the cost of the people in place of { $before }: { $difference }.
scenario-unassigned = { $more } more assignments find nobody.

# Why a draft is not edited so, and what to do.
edit-unknown-employee = there is no employee “{ $employee }” in this draft
edit-unknown-employee-remedy = choose somebody from the list
edit-not-at-work = { $employee } is not at work on { $day }
edit-not-at-work-remedy = choose somebody who is
edit-not-staff = { $employee } is not among the staff of { $pool }
edit-not-staff-remedy = choose somebody who is, or change the staff in the policy
edit-unqualified = { $employee } lacks a skill that these accounts ask for
edit-unqualified-remedy = choose somebody who holds it, or record the skill
edit-locked = locked in this draft
edit-locked-remedy = unlock them first
edit-pinned = pinned by the policy, or by hand in the ledger
edit-pinned-remedy = remove the pin there first
edit-unknown-account = not served in the role { $role } by this draft
edit-unknown-account-remedy = choose accounts of this role
edit-lock-nobody = nobody has it, so there is nothing to lock
edit-lock-nobody-remedy = give it to somebody first
edit-nothing = everything is so already
edit-nothing-remedy = choose other accounts, or somebody else

# Promises that a draft does not keep as it stands.
exception-over = { $measure } of { $employee }: { $load }, more than the { $limit } that the tolerance allows
exception-under = { $measure } of { $employee }: { $load }, less than the { $limit } that the tolerance asks for
exception-capacity = { $measure } of { $employee }: { $load }, more than the capacity of { $limit }
exception-detached = { $count ->
    [one] one account lies
   *[other] { $count } accounts lie
  } apart from the rest of the territory
exception-torn = { $count ->
    [one] one group or unit is
   *[other] { $count } groups or units are
  } divided among several people
exception-against = { $count ->
    [one] one account is
   *[other] { $count } accounts are
  } given by hand where the policy names who has them
