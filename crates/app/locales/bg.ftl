# Основания за възлагането.
why-named = { $employee } отговаря за този сегмент като { $position }
why-seat-own = място „{ $seat }“, което е на { $employee }
why-seat = място „{ $seat }“, възложено на { $employee }
why-drive = на { $minutes } мин път от центъра на територия „{ $territory }“; следващият най-бърз, { $next }, пътува { $nextminutes } мин
why-drive-alone = на { $minutes } мин път от центъра на територия „{ $territory }“
why-not-quickest = на { $minutes } мин път от центъра на територия „{ $territory }“; { $next } стига по-бързо ({ $nextminutes } мин), но балансът или капацитетът не го позволява
why-near = { $km } км от центъра на територия „{ $territory }“; следващият най-близък, { $next }, е на { $nextkm } км
why-near-alone = { $km } км от центъра на територия „{ $territory }“
why-not-nearest = { $km } км от центъра на територия „{ $territory }“; { $next } е по-близо ({ $nextkm } км), но балансът или капацитетът не го позволява
why-no-place = без координати: поставен там, където натоварването не достигаше
fitness-any = не се търсят умения
fitness-full = има всички търсени умения на най-високото налично ниво
fitness-short = { $missing } нива на умения под най-доброто
fitness-way = на { $km } км
why-fit = { $fitness }; следващият най-подходящ, { $next }: { $other }
why-fit-other-better = { $fitness }; { $next } би подхождал повече ({ $other }), но капацитетът, балансът или цената на преместването не го позволява
why-load = изравнява натоварването между { $count ->
    [one] един служител
   *[other] { $count } служители
  }
why-follows = същият служител като за { $role }
why-parent = същият служител като за главната фирма на групата
why-group = заедно с останалите от групата
why-pinned = закрепен: { $reason }
why-pinned-plain = закрепен от политиката
why-nobody-staff = никой: няма служител на работа, който може да го обслужва
why-nobody-value = никой: клиентът няма стойност, по която да се раздели
why-nobody-skill = никой: никой служител няма задължителните умения
why-nobody-holder = никой: ролята, която следва, няма титуляр
why-kept = остава при досегашния отговорник
why-moved = досега при { $before }
why-holder-gone = досегашният отговорник е напуснал

# Колко далеч от най-доброто е разпределението.
gap-determined = Няма какво да се оптимизира: политиката решава за всеки клиент.
gap-optimal = Доказано: никой план, който спазва тези обещания, не е по-добър от този.
gap-some = Никой план, който спазва тези обещания, не може да е по-добър от този с повече от { $gap } % ({ $measured }).
gap-loose = Границата тук е груба: тя изключва само планове, които са по-добри от този с повече от { $gap } % ({ $measured }). Каква част от това може да се спечели, не е известно.
gap-empty = Границата тук не казва почти нищо ({ $gap } %, { $measured }). Това не е присъда за плана: сравнете го с плановете от един фронт или с тези от други начални числа.
gap-none = С колко може да е по-добър друг план, не е известно: за тази група няма граница.
gap-unfeasible = Някое обещание не може да бъде спазено, затова няма най-добър план за сравнение: вижте кое не може да се спази.
gap-of-way = път до клиентите, с цената на преместванията
gap-of-fit = липсващи умения, с цената на преместванията
gap-of-moves = цена на преместванията

# Колко подходящ е някой за новопостъпил клиент и защо той отива при него.
because-centre = на { $km } км от центъра
because-no-place = без координати: според натоварването
because-skill = { $skill }: ниво { $held } от { $best }
because-load = натоварване { $percent } % от средното
because-seat = заема място „{ $seat }“
because-not-seat = не заема място „{ $seat }“
because-no-seat = никой не заема място „{ $seat }“: според натоварването
because-turn = по ред, кръг { $turn }
because-unit = отговаря за единица „{ $unit }“
because-stands-in = замества { $holder }, който отсъства ({ $because })
route-manual = възложено ръчно от { $actor }
route-arrival = при постъпване: { $reason }
route-group = отговаря за главната фирма на групата, { $parent }
route-full = { $because }; всички са на предела си
route-better-full = { $because }; { $better } би бил по-добър, но е на предела си
route-next = { $because }; следващ { $next }: { $other }

title-plan = План за обслужване от { $date }

# Картата, от която клиентът знае към кого да се обърне.
card-title = Вашите хора в { $company }
card-title-plain = Вашите хора за контакт
card-for = За { $account }
card-as-of = Към { $day }
card-away-until = { $name } отсъства до { $day } Дотогава се обръщайте към:
card-away = { $name } отсъства. Обръщайте се към:
card-away-nobody-until = { $name } отсъства и се връща на { $day }
card-away-nobody = { $name } отсъства.
card-position = Длъжност
card-email = Ел. поща
card-phone = Телефон
card-hours = Кога
card-helps = Помага Ви с
card-nobody = В момента тук не е посочен никой. Моля, обърнете се към познатия Ви офис.
card-save = Запазване на контактите
card-unknown-title = Тази карта не е достъпна
card-unknown = Адресът е сгрешен или картата вече не се споделя. Моля, поискайте нова от Вашия човек за контакт.
card-stands-in = замества { $name }
card-stands-in-until = замества { $name } до { $day }
card-day = { $day } { $month ->
    [1] януари
    [2] февруари
    [3] март
    [4] април
    [5] май
    [6] юни
    [7] юли
    [8] август
    [9] септември
    [10] октомври
    [11] ноември
   *[12] декември
  } { $year } г.
# Извлечения за възнаграждения.
thousands = | |
decimal-sign = ,
statement-title = Извлечение
statement-period = Период
statement-closed = приключен
statement-pay = Възнаграждение
statement-measure = Показател
statement-reached = Постигнато
statement-quota = Норма
statement-how = Как се получава
statement-attainment = от нормата
statement-ramp = дял от нормата за новопостъпил
statement-rate = валутен курс в последния ден
statement-bonus = премия при
statement-guarantee = Добавено до гарантираното
statement-cap = Намалено над тавана
statement-sum = Сбор
statement-adjustments = Уредени възражения
statement-dispute = Възражение
statement-credits = Поръчките, от които идва
statement-order = Поръчка / ред
statement-date = Дата
statement-account = Клиент
statement-rule = Правило
statement-assignment = Възлагане
statement-line-amount = Ред от поръчка
statement-share = Дял
statement-credit = Принос
credit-order = поръчка
credit-return = връщане на
credit-cancellation = отказ от
credit-correction = корекция на
credit-holder = изпълняваше ролята в този ден
credit-named = посочен в поръчката
credit-hunter = намери клиента
credit-holdover = изпълняваше ролята до прехвърлянето на клиента
credit-substitute = заместваше в този ден
credit-by-hand = разделено ръчно
credit-vacant = никой не изпълняваше ролята
credit-overlay = извън стоте процента
