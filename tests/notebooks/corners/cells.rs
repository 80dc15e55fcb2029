//== line ends of Windows
let cell_crlf = 1;
println!("a
b");
cell_crlf
//~ crlf
//> a
//> b
//=> 1
//== a byte order mark
let cell_bom = 2;
cell_bom * 2
//~ bom
//=> 4
//== a byte order mark and line ends of Windows
// a comment
let cell_both = [
    3, // three
];
cell_both
//~ bom
//~ crlf
//=> [3]
//== tabs and blanks
		let	cell_tab	=	5	;   
	cell_tab   
//=> 5
//== no end of line after a comment
6 // six
//=> 6
//== several statements on a line
let cell_a = 1; let cell_b = cell_a + 1; println!("{cell_b}"); cell_b + 1
//> 2
//=> 3
//== items between statements
let cell_c = cell_f(1);
fn cell_f(n: i32) -> i32 { n + CELL_K }
let cell_d = cell_c + 1;
const CELL_K: i32 = 10;
struct CellS(i32);
(cell_c, cell_d, CellS(cell_f(2)).0)
//=> (11, 12, 12)
//== an expression over many lines
1 +
    2 *
    (
        3
        + 4
    )
    - 5
//=> 10
//== a let over many lines
let
    mut cell_many
    :
    Vec<
        i32,
    >
    =
    vec![
        1,
    ]
    ;
cell_many.push(2);
//%%
cell_many
//=> [1, 2]
//== turbofish and comparisons
let cell_t = Vec::<Vec<i32>>::new().len() < 3 && (1 as u8) < 2 && "a" < "b";
(cell_t, 1 << 2 >> 1, !0u8, -(-1), &&1 == &&1)
//=> (true, 2, 255, 1, true)
//== references to references
let cell_text = String::from("a");
println!("{} {}", &&&cell_text, (&&cell_text).len());
//> a 1
//== a struct literal at the end
#[derive(Debug)] struct CellPoint { x: i32, y: i32 }
CellPoint { x: 1, y: 2 }
//=> CellPoint { x: 1, y: 2 }
//== a generic type's value at the end
Some::<Vec<Option<&str>>>(vec![None, Some("a")])
//=> Some([None, Some("a")])
//== a macro at the end
vec![1; 3]
//=> [1, 1, 1]
//%%
format!("{}", 1)
//=> "1"
//== a path at the end
i32::MAX
//=> 2147483647
//== a closure that is called at the end
(|x: i32| x + 1)(2)
//=> 3
//== a negative number and a reference at the end
-5
//=> -5
//%%
&"text"
//=> "text"
//== an assignment at the end
let mut cell_assigned = 1;
cell_assigned = 5
//%%
cell_assigned
//=> 5
//== the underscore
let _ = cell_noisy(1); let _cell_named = cell_noisy(2); _ = cell_noisy(3);
fn cell_noisy(n: i32) -> i32 { println!("{n}"); n }
//> 1
//> 2
//> 3
//%%
_cell_named
//=> 2
//== a mutable variable of an earlier cell
let mut cell_grown = vec![3, 1, 2];
//%%
cell_grown.sort(); cell_grown.retain(|x| *x != 2);
//%%
cell_grown.iter_mut().for_each(|x| *x *= 10); let cell_last = cell_grown.pop();
//%%
(cell_grown, cell_last)
//=> ([10], Some(30))
//== an uninitialised variable
let cell_late: &str;
if cpus() > 0 { cell_late = "some"; } else { cell_late = "none"; }
cell_late
//=> "some"
//== a value that is very large
let cell_large = vec![7u8; 1 << 20];
//%%
(cell_large.len(), cell_large.iter().map(|&b| b as u64).sum::<u64>())
//=> (1048576, 7340032)
//== an array of arrays on the stack
let mut cell_stack = [[0i64; 64]; 64];
for (i, row) in cell_stack.iter_mut().enumerate() { row[i] = i as i64; }
//%%
cell_stack.iter().flatten().sum::<i64>()
//=> 2016
//== a very long line
1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + 17 + 18 + 19 + 20 + 21 + 22 + 23 + 24 + 25 + 26 + 27 + 28 + 29 + 30 + 31 + 32 + 33 + 34 + 35 + 36 + 37 + 38 + 39 + 40 + 41 + 42 + 43 + 44 + 45 + 46 + 47 + 48 + 49 + 50 + 51 + 52 + 53 + 54 + 55 + 56 + 57 + 58 + 59 + 60 + 61 + 62 + 63 + 64 + 65 + 66 + 67 + 68 + 69 + 70 + 71 + 72 + 73 + 74 + 75 + 76 + 77 + 78 + 79 + 80 + 81 + 82 + 83 + 84 + 85 + 86 + 87 + 88 + 89 + 90 + 91 + 92 + 93 + 94 + 95 + 96 + 97 + 98 + 99 + 100 + 101 + 102 + 103 + 104 + 105 + 106 + 107 + 108 + 109 + 110 + 111 + 112 + 113 + 114 + 115 + 116 + 117 + 118 + 119 + 120 + 121 + 122 + 123 + 124 + 125 + 126 + 127 + 128 + 129 + 130 + 131 + 132 + 133 + 134 + 135 + 136 + 137 + 138 + 139 + 140 + 141 + 142 + 143 + 144 + 145 + 146 + 147 + 148 + 149 + 150 + 151 + 152 + 153 + 154 + 155 + 156 + 157 + 158 + 159 + 160 + 161 + 162 + 163 + 164 + 165 + 166 + 167 + 168 + 169 + 170 + 171 + 172 + 173 + 174 + 175 + 176 + 177 + 178 + 179 + 180 + 181 + 182 + 183 + 184 + 185 + 186 + 187 + 188 + 189 + 190 + 191 + 192 + 193 + 194 + 195 + 196 + 197 + 198 + 199 + 200 + 201 + 202 + 203 + 204 + 205 + 206 + 207 + 208 + 209 + 210 + 211 + 212 + 213 + 214 + 215 + 216 + 217 + 218 + 219 + 220 + 221 + 222 + 223 + 224 + 225 + 226 + 227 + 228 + 229 + 230 + 231 + 232 + 233 + 234 + 235 + 236 + 237 + 238 + 239 + 240 + 241 + 242 + 243 + 244 + 245 + 246 + 247 + 248 + 249 + 250 + 251 + 252 + 253 + 254 + 255 + 256 + 257 + 258 + 259 + 260 + 261 + 262 + 263 + 264 + 265 + 266 + 267 + 268 + 269 + 270 + 271 + 272 + 273 + 274 + 275 + 276 + 277 + 278 + 279 + 280 + 281 + 282 + 283 + 284 + 285 + 286 + 287 + 288 + 289 + 290 + 291 + 292 + 293 + 294 + 295 + 296 + 297 + 298 + 299 + 300 + 301 + 302 + 303 + 304 + 305 + 306 + 307 + 308 + 309 + 310 + 311 + 312 + 313 + 314 + 315 + 316 + 317 + 318 + 319 + 320 + 321 + 322 + 323 + 324 + 325 + 326 + 327 + 328 + 329 + 330 + 331 + 332 + 333 + 334 + 335 + 336 + 337 + 338 + 339 + 340 + 341 + 342 + 343 + 344 + 345 + 346 + 347 + 348 + 349 + 350 + 351 + 352 + 353 + 354 + 355 + 356 + 357 + 358 + 359 + 360 + 361 + 362 + 363 + 364 + 365 + 366 + 367 + 368 + 369 + 370 + 371 + 372 + 373 + 374 + 375 + 376 + 377 + 378 + 379 + 380 + 381 + 382 + 383 + 384 + 385 + 386 + 387 + 388 + 389 + 390 + 391 + 392 + 393 + 394 + 395 + 396 + 397 + 398 + 399 + 400 + 401 + 402 + 403 + 404 + 405 + 406 + 407 + 408 + 409 + 410 + 411 + 412 + 413 + 414 + 415 + 416 + 417 + 418 + 419 + 420 + 421 + 422 + 423 + 424 + 425 + 426 + 427 + 428 + 429 + 430 + 431 + 432 + 433 + 434 + 435 + 436 + 437 + 438 + 439 + 440 + 441 + 442 + 443 + 444 + 445 + 446 + 447 + 448 + 449 + 450 + 451 + 452 + 453 + 454 + 455 + 456 + 457 + 458 + 459 + 460 + 461 + 462 + 463 + 464 + 465 + 466 + 467 + 468 + 469 + 470 + 471 + 472 + 473 + 474 + 475 + 476 + 477 + 478 + 479 + 480 + 481 + 482 + 483 + 484 + 485 + 486 + 487 + 488 + 489 + 490 + 491 + 492 + 493 + 494 + 495 + 496 + 497 + 498 + 499 + 500 + 501 + 502 + 503 + 504 + 505 + 506 + 507 + 508 + 509 + 510 + 511 + 512 + 513 + 514 + 515 + 516 + 517 + 518 + 519 + 520 + 521 + 522 + 523 + 524 + 525 + 526 + 527 + 528 + 529 + 530 + 531 + 532 + 533 + 534 + 535 + 536 + 537 + 538 + 539 + 540 + 541 + 542 + 543 + 544 + 545 + 546 + 547 + 548 + 549 + 550 + 551 + 552 + 553 + 554 + 555 + 556 + 557 + 558 + 559 + 560 + 561 + 562 + 563 + 564 + 565 + 566 + 567 + 568 + 569 + 570 + 571 + 572 + 573 + 574 + 575 + 576 + 577 + 578 + 579 + 580 + 581 + 582 + 583 + 584 + 585 + 586 + 587 + 588 + 589 + 590 + 591 + 592 + 593 + 594 + 595 + 596 + 597 + 598 + 599 + 600 + 601 + 602 + 603 + 604 + 605 + 606 + 607 + 608 + 609 + 610 + 611 + 612 + 613 + 614 + 615 + 616 + 617 + 618 + 619 + 620 + 621 + 622 + 623 + 624 + 625 + 626 + 627 + 628 + 629 + 630 + 631 + 632 + 633 + 634 + 635 + 636 + 637 + 638 + 639 + 640 + 641 + 642 + 643 + 644 + 645 + 646 + 647 + 648 + 649 + 650 + 651 + 652 + 653 + 654 + 655 + 656 + 657 + 658 + 659 + 660 + 661 + 662 + 663 + 664 + 665 + 666 + 667 + 668 + 669 + 670 + 671 + 672 + 673 + 674 + 675 + 676 + 677 + 678 + 679 + 680 + 681 + 682 + 683 + 684 + 685 + 686 + 687 + 688 + 689 + 690 + 691 + 692 + 693 + 694 + 695 + 696 + 697 + 698 + 699 + 700 + 701 + 702 + 703 + 704 + 705 + 706 + 707 + 708 + 709 + 710 + 711 + 712 + 713 + 714 + 715 + 716 + 717 + 718 + 719 + 720 + 721 + 722 + 723 + 724 + 725 + 726 + 727 + 728 + 729 + 730 + 731 + 732 + 733 + 734 + 735 + 736 + 737 + 738 + 739 + 740 + 741 + 742 + 743 + 744 + 745 + 746 + 747 + 748 + 749 + 750 + 751 + 752 + 753 + 754 + 755 + 756 + 757 + 758 + 759 + 760 + 761 + 762 + 763 + 764 + 765 + 766 + 767 + 768 + 769 + 770 + 771 + 772 + 773 + 774 + 775 + 776 + 777 + 778 + 779 + 780 + 781 + 782 + 783 + 784 + 785 + 786 + 787 + 788 + 789 + 790 + 791 + 792 + 793 + 794 + 795 + 796 + 797 + 798 + 799 + 800
//=> 320400
//== a very long string
"rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain rain ".len()
//=> 3000
//== deep brackets
((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
//=> 1
//== sixty variables
let cell_n0 = 0;
let cell_n1 = 1;
let cell_n2 = 2;
let cell_n3 = 3;
let cell_n4 = 4;
let cell_n5 = 5;
let cell_n6 = 6;
let cell_n7 = 7;
let cell_n8 = 8;
let cell_n9 = 9;
let cell_n10 = 10;
let cell_n11 = 11;
let cell_n12 = 12;
let cell_n13 = 13;
let cell_n14 = 14;
let cell_n15 = 15;
let cell_n16 = 16;
let cell_n17 = 17;
let cell_n18 = 18;
let cell_n19 = 19;
let cell_n20 = 20;
let cell_n21 = 21;
let cell_n22 = 22;
let cell_n23 = 23;
let cell_n24 = 24;
let cell_n25 = 25;
let cell_n26 = 26;
let cell_n27 = 27;
let cell_n28 = 28;
let cell_n29 = 29;
let cell_n30 = 30;
let cell_n31 = 31;
let cell_n32 = 32;
let cell_n33 = 33;
let cell_n34 = 34;
let cell_n35 = 35;
let cell_n36 = 36;
let cell_n37 = 37;
let cell_n38 = 38;
let cell_n39 = 39;
let cell_n40 = 40;
let cell_n41 = 41;
let cell_n42 = 42;
let cell_n43 = 43;
let cell_n44 = 44;
let cell_n45 = 45;
let cell_n46 = 46;
let cell_n47 = 47;
let cell_n48 = 48;
let cell_n49 = 49;
let cell_n50 = 50;
let cell_n51 = 51;
let cell_n52 = 52;
let cell_n53 = 53;
let cell_n54 = 54;
let cell_n55 = 55;
let cell_n56 = 56;
let cell_n57 = 57;
let cell_n58 = 58;
let cell_n59 = 59;
//%%
cell_n0 + cell_n1 + cell_n2 + cell_n3 + cell_n4 + cell_n5 + cell_n6 + cell_n7 + cell_n8 + cell_n9 + cell_n10 + cell_n11 + cell_n12 + cell_n13 + cell_n14 + cell_n15 + cell_n16 + cell_n17 + cell_n18 + cell_n19 + cell_n20 + cell_n21 + cell_n22 + cell_n23 + cell_n24 + cell_n25 + cell_n26 + cell_n27 + cell_n28 + cell_n29 + cell_n30 + cell_n31 + cell_n32 + cell_n33 + cell_n34 + cell_n35 + cell_n36 + cell_n37 + cell_n38 + cell_n39 + cell_n40 + cell_n41 + cell_n42 + cell_n43 + cell_n44 + cell_n45 + cell_n46 + cell_n47 + cell_n48 + cell_n49 + cell_n50 + cell_n51 + cell_n52 + cell_n53 + cell_n54 + cell_n55 + cell_n56 + cell_n57 + cell_n58 + cell_n59
//=> 1770
