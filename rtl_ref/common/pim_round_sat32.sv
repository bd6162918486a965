// sat32(roundShift(x, shift)) of docs/numerics.md: half up for shifts to the right, saturating to the left.
module pim_round_sat32 #(
    parameter int ShiftBits = 18
) (
    input  logic signed [         63:0] x_i,
    input  logic signed [ShiftBits-1:0] shift_i,
    output logic signed [         31:0] y_o
);
  localparam logic signed [31:0] Max = 32'sh7fffffff;
  localparam logic signed [31:0] Min = 32'sh80000000;

  // A distance of 64 or more moves everything out, whichever way.
  logic left;
  logic [ShiftBits-1:0] distance;
  logic far;
  logic [5:0] by;
  assign left     = shift_i[ShiftBits-1];
  assign distance = left ? -shift_i : shift_i;
  assign far      = |distance[ShiftBits-1:6];
  assign by       = distance[5:0];

  // The sum with half an LSB is never formed, so nothing overflows.
  logic signed [64:0] doubled, halves;
  logic signed [63:0] right;
  assign doubled = {x_i, 1'b0};
  assign halves  = doubled >>> by;
  assign right   = halves[64:1] + {63'd0, halves[0]};

  logic signed [63:0] shifted;
  logic fits_left;
  assign shifted   = x_i << by;
  assign fits_left = (shifted >>> by) == x_i;

  logic signed [63:0] wide;
  logic fits;
  assign wide = left ? shifted : right;
  assign fits = (wide[63:31] == '0) || (wide[63:31] == '1);

  always_comb begin
    if (!left && far) y_o = '0;
    else if (x_i == '0) y_o = '0;
    else if (fits && (!left || (fits_left && !far))) y_o = wide[31:0];
    else y_o = x_i[63] ? Min : Max;
  end
endmodule
