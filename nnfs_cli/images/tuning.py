"""Tuning: the numbers that reading a picture depends on, each with its reason.

Lengths without a unit are shares of a side; brightness and ink go from 0 to 1.
"""

from __future__ import annotations

SIDE = 28  # pixels of the finished picture (LeCun et al. 1998, section III A)
BOX = 20  # pixels of the longer side of the ink in it (the same)

# how closely to look
WORKING = 512 * 512  # pixels of a view: pen strokes of a whole page stay several pixels wide
NEAR = 160  # pixels: a digit shorter than that is looked at again from close by, if there is more
SMALL = 0.45  # of a smaller picture's side: the same, for the lines around it
MARGIN = 0.35  # of the digit, around it, when looking closer: enough paper to know the paper by

# alpha
INVISIBLE = 0.05  # alpha below which nothing can be seen
ONE_COLOUR = 0.10  # colours that differ by less than this under the alpha are one pen's
ERASED = 0.9  # of the border of an opaque area, if a digit was erased from it
SHEET = 0.75  # of its box that must be opaque for something to be a sheet and not strokes

# paper
SAME = 0.03  # of full scale: colours this close are the same paper
GRAIN = 0.003  # of full scale: a drawing has less noise, a photo more, and shadows besides
FLAT_BORDER = 0.5  # of the border, and ...
FLAT_ALL = 0.25  # ... of everything must be the same for the paper to be of one colour
EVEN_BORDER = 0.95  # of the border: where so much is the same no shadow falls into a drawing
TINY = 32  # pixels a side: so small a picture has too little paper to find its light from
SAMPLES = 64  # points a side that the surface of the paper is fitted to
WINDOW = 0.40  # of the picture's side: what is thicker than this is no stroke but a shadow
WINDOWS = (0.28, 0.2, 0.14, 0.1, 0.07, 0.05)  # narrower ones, for shadows like a finger's
POOLED_LIGHT = 128  # pixels of the side at which windows are tried: a stroke's edge is one step
STEEP_EDGES = 1.0  # times the side: so many pixels at least are steep edges of strokes ...
STEEP_EDGE = 0.3  # ... and so steep, of the least steep of those, is an edge of no soft shadow
STROKE_LEFT = 0.025  # of the steep edges may be left on the paper: where shadows meet strokes
SHADOWED = 0.4  # of what is darker than the paper: where shadows are less, the widest will do
THICK_PEN = 0.2  # of the side: a digit that fits narrower windows leaves paper to find light on
UNEVEN = 0.12  # of the ink's strength: paper that varies less needs no further levelling
DARKEST = 0.15  # brightness of paper below which its light is not divided out: it is all noise

RIM = 0.15  # of the shorter side: how broad the rim around a picture may be
OTHER = 0.25  # of full scale: colours this different are a rim's and a picture's
ALL_AROUND = 0.85  # of a ring that must have one colour: a digit may touch it
COARSE = 64  # pixels of the side at which the usual brightness of a neighbourhood is taken
DITHERED = 0.15  # of all neighbours differ where dots stand for greys; 0.1 at a large digit's edges
LEAST_DITHERED = 64  # pixels of the shorter side: smaller pictures are mostly edges
PEPPER = 0.002  # of the pixels: so many lonely ones are noise, not the dots of a pen
CERTAIN = 0.5  # of the edges in the paper: so great a difference tells ink from a shadow
TIGHT = 0.12  # of the picture at least is ink, and is paper, if it was cut to the digit
BROAD = 0.6  # of such a picture is ink at most, if a high piece is left in it: ...
CENTRAL = 0.6  # ... of its height or more, and clear of its border, a digit among cut neighbours
WHOLE = 0.93  # of a part is in one piece, but for specks
COUNTABLE = 10  # pixels a side: in fewer, the pieces of ink and paper run into each other
RARE = 3.0  # times as far as all but a few pixels differ: those few are a digit, very small
DOUBTFUL = 0.02  # of the edges in the paper: a difference this small does not tell dark from light

# ink
FAINTEST = 0.05  # of full scale; less contrast than this is the grain of the paper
CLEAR = 8.0  # times the noise: weaker ink is smoothed before it is looked at
SEEN = 5.0  # times the noise: weaker ink is no ink; the maximum of noise alone is about 4
STRONGEST = 0.15  # times the side: so many pixels at least are full ink; a short hairline has them
FEWEST = 0.015  # the same, of a digit so small that they are more than it has
HIGH = 0.5  # of full ink: where this is reached there is a stroke ...
LOW = 0.25  # ... which goes on as far as this

# ruled lines, boxes and frames
POOLED = 160  # pixels of the side that lines are looked for in: a lean of a degree is 3 pixels
LONG = 0.40  # of the side of the picture: shorter straight strokes are left alone
SHORTEST = 20  # pixels: a curve of a tiny drawing is straight, too
LEAN = 0.12  # rows a column, or 7 degrees: a page held askew; a 7's bar may lean as much
THIN = 0.07  # of the shorter side: thicker bars are no lines
SPARSE = 0.35  # of a line's columns must show it alone, not crossed by a stroke
WOBBLE = 0.6  # pixels, and ...
WOBBLE_LENGTH = 0.002  # ... of its length: a line drawn by hand strays further from straight
SAG = 0.02  # of its length: paper curls and lenses bend, but the side of a 0 bends more
EVEN = 0.25  # of its thickness: that of a printed line changes less along it
ALIKE = 1.7  # times as thick: the lines of one form differ less
CORNER = 0.18  # of a line's length, within which another one ends at the same corner, be it round
SCRAP = 2.0  # times its thickness: ink no further from a line that is gone is left of it
RULED = 3  # lines that show how strong the ruling of a paper is: ...
ABOVE = 0.12  # ... ink must be this much stronger, of full ink ...
STRONG = 0.6  # ... unless the ruling is nearly as strong as it
DARKER = 0.3  # more than the ink of a line, and it is of another pen ...
DISTINCT = 0.08  # ... or that much, where strong ink is as even as that of a printer
INK = 0.25  # of the usual strength along a line: what is paler is a gap in it
TOO_LONG = 2.0  # times what else there is: no stroke across is as long as that ...
WORTH = 3.0  # ... if it is so many times as high as the line is thick
NEAR_BORDER = 0.02  # of the side: so near to the border it has reached it

# which components are the digit
OFF_CENTRE = 0.6  # of its weight that a component in a corner loses
AT_BORDER = 0.5  # of its weight that a component keeps for each side of the picture it touches
LARGEST = 20  # pieces that may be a frame; more are not looked at so closely
ENCLOSED = 0.3  # of a frame's shorter side: so large must be what is inside ...
ENCLOSED_EACH = 0.1  # ... and so large each piece of it, if there are several
CORNER_SQUARE = 0.13  # of a frame's sides: squares in its corners, which an oval leaves empty
ROUND = 0.8  # its shorter over its longer side: a circle around a 1 is that round, a 0 hardly
CLOSED = 0.8  # of the rows and columns of what is inside a circle that it lies on both sides of
ALIKE_INK = 0.6  # of the strength of a circle: paler ink in it is the paper's; red in black is 0.67
SLENDER = 0.25  # spread across over spread along: a straight stroke has less, a digit more
LEANING = 30.0  # degrees from upright: a stroke that leans more in a round 0 is its slash
SIDE_OF_BOX = 0.03  # of a box: so near to its sides is all of its ink ...
ROUND_CORNER = 0.25  # ... except in its corners, if they are round
TRAY = 0.8  # height over width of a box without a top at most
FLAT = 0.25  # height over width of an underline at most
CLEAR_OF = 0.08  # of the digit's height, to its underline: the loose foot of a 2 is nearer ...
WIDER = 1.4  # ... and not so many times as wide as the 2
LEFT_END = 0.3  # of an underline: so far from its left end a digit stands on it that is no 2
HIGHER = 2.5  # times as high as an underline is the digit that it belongs to
LYING = 0.12  # height over width: a line that lies flat is no digit, but may be the bar of one
HARDLY = 0.001  # of its weight has what is hardly a digit: it must be alone to be one
COMPANY = 4  # pieces around a far larger one, or in a row above or below it: dashes, letters
TWIN = 0.1  # of a frame's width and height: so alike, it is another frame of the row ...
TWIN_INK = 0.4  # ... if it has so much of its ink, more or less: hairlines are a pixel or two thick
WORD = 1.5  # times as wide as high a word is at least, where its letters touch
PICKET = 0.15  # times as wide as high at most are the sides of boxes in a row ...
PICKETS = 4  # ... of which there are so many at least
WIDE_BAR = 2.5  # times as wide as high a printed bar is at least, ...
FULL_BAR = 0.8  # of its box ink ...
THICK_BAR = 1.4  # ... and so many times as thick as the digit's strokes ...
LETTERED = 4  # ... or with so many pieces of it side by side, between the letters in it
SMALLER = 0.25  # of the mass of the main piece each of them has at most
RING = 0.15  # of the shorter side of their box: so near to its sides dashes are
ROW = 0.5  # of the height of the main piece: a row is lower ...
ROW_OF_ITS_OWN = 2.0  # ... and no more than this times as high as one of its pieces
FRAGMENT = 0.02  # of the largest component's mass; less is a speck
LETTER = 0.25  # of that at least is what stands in a row with larger pieces: thin letters
GAP = 0.25  # of the digit's side, to a piece above or below: the hat of a 5
BESIDE = 0.08  # of the digit's side, to a piece beside it; further away is another digit

# other digits beside the one that is read; heights and ink are shares of its own
LIKE_HEIGHT = (0.7, 1.45)  # letters of a printed label are lower, sides of a box often higher
LIKE_HEIGHT_AT_BORDER = (0.75, 1.35)  # of what touches the border: it may be part of a table
LIKE_INK = (0.25, 4.0)  # a 1 beside an 8 has a third
LEVEL = 0.6  # of the lower of the two heights that they share
LEVEL_AT_BORDER = 0.9  # the same where the border is touched
SPREAD = 1.5  # times as wide as high at most
SLIM = 0.15  # of its height in width: less is a straight upright stroke, a 1 or the side of a box
LIKE_ONE = (0.8, 1.15)  # of the height of a straight stroke that is a 1
ONE_INK = 0.3  # of the digit's ink to a pixel of its side: a line of a form has less than a pen
LIKE_FILL = 0.35  # of how full the digit's box is: a 7 beside an 8 has half, an empty box less
STRETCHED = 1.7  # times as wide as high is no digit, but several taken for the dots of a stroke

FRINGE = 2  # pixels around the ink that keep their soft edge
PALE = 0.06  # of full ink: paler pixels do not widen the box
STROKE = 0.45  # of full ink: paler ink goes from a digit large enough for sharp strokes, ...
MOST = 0.8  # ... if so much of its ink is left, ...
LARGER = 1.3  # ... or it is so many times as large with it ...
THINNER = 0.75  # ... and the pale strokes are so thin beside the others: squares

# strokes of dots and dashes
FEWEST_DOTS, MOST_DOTS = 5, 120  # pieces: fewer are broken strokes, more are paper or noise
THINNEST_DOT = 2.5  # pixels: smaller ones are grain
LIKE_DOTS = 2.2  # times as thick as the pen may a piece be taken to be: see `thicknesses`
DOT = 0.3  # of the square of the pen's thickness: what has less area is a speck
DOTS = 2.0  # times the pen's thickness: broader across is no dot and no dash, but a stroke
LOOSE = 2.2  # times the pen's thickness: the widest gap
DOTTED = 0.7  # of all ink is in the dotted stroke
NEXT = 1.25  # times the usual gap: so near is the next piece, where the stroke meets itself, too
APART = 2.0  # times the usual gap: so far from a row of pieces a stroke is no part of it
HANDFUL = 3.0  # neighbours so near that a piece has on average: in a row it has two
GRID = 0.4  # of the pen's thickness: gaps so narrow are those between the squares of a display
ROUNDER = 0.9  # of the outline that pixels make: they follow a curve by a longer way
OUTLINE = 40  # points along the edge of a piece that distances are measured from

# strokes drawn as outlines
ELONGATED = 12.0  # times its width a stroke is long: a short 1 is 13, the hole of a narrow 0 is 9
BROADER = 1.25  # times its usual width ...
JOINED = 0.35  # ... is this much of a stroke at most, where others join it: a 9 has 0.25, ...
# ... and the ring between a circle and an 8 has 0.5 and more
EDGED = 0.8  # of an outline has the stroke on one side and one other paper on the other: ...
# ... of a 6 in a circle 0.6, since the paper is the same on both sides of its tail
NARROWEST = 4.0  # pixels: between outlines that are closer together, too little is to be seen

# refusals
CRUMBS = 0.35  # of all ink: when the digit is less than this, and ...
MANY = 40  # ... there are so many other pieces, it is noise
STROKES = 0.66  # of its box that is ink: more is paper around a digit, or the stroke of a 1 ...
PAPER = 0.35  # of the picture is such ink at least, or it may be the pen that is thick
SPARSE_INK = 0.45  # ... and that digit has less: a hole of a thick one has more
INSIDE = 0.04  # of its longer side: so far inside of a paper's box is what is written on it
SOLID = 0.93  # of its box that is ink: nearly square and as full as that is no digit
SPECK = 4  # pixels: shorter than this cannot be read

# the slant, in pixels to the right for each pixel upwards
LEFTMOST = -0.4  # what the heads of 4, 7 and 9 look like that stand upright: MNIST has 3 % below
RIGHTMOST = 0.4  # MNIST has 15 % of its digits above; it is learned, but read worse

# the pen
THINNEST = 1.8  # pixels in the box of 20: MNIST has 5 % of its digits below 1.6
THICKENED = 2.3  # what thinner strokes are made; the median of MNIST is 2.4
THICKEST = 3.4  # pixels in the box of 20: MNIST has 5 % of its digits above that
THINNED = 3.0  # what thicker strokes are made ...
SPARED = 1.6  # pixels: ... but no more is taken off, or the thin strokes of a brush would be lost
FINE = 160  # pixels of the side at which a pen is thickened: 8 to one of the box
STEEP = 60  # pixels: a digit at least this large has edges steepened ...
FLOOR, CEILING = 0.25, 0.70  # ... between these shares of full ink, as if pen and lens were sharp
STEEPEST = 0.3  # of full ink: an edge no steeper than this stays an edge and no staircase
