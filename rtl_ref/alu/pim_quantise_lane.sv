// A code: roundShift(x, exponent) + zero, clamped to what `bits` bits hold (16 or 8 with a sign, 4 without).
module pim_quantise_lane (
    input  logic [31:0] x_i,
    input  logic [ 4:0] exponent_i,
    input  logic [ 3:0] zero_i,
    input  logic [ 4:0] bits_i,
    output logic [15:0] code_o
);
  logic signed [32:0] halves, value;
  logic signed [33:0] code, low, high;
  assign halves = $signed({x_i, 1'b0}) >>> exponent_i;
  assign value  = 33'($signed(halves[32:1])) + {32'd0, halves[0]};
  assign code   = 34'(value) + $signed({30'd0, zero_i});
  always_comb begin
    high = 34'sd32767;
    if (bits_i == 5'd8) high = 34'sd127;
    if (bits_i == 5'd4) high = 34'sd15;
    low = bits_i == 5'd4 ? 34'sd0 : -high;
    if (code < low) code_o = low[15:0];
    else if (code > high) code_o = high[15:0];
    else code_o = code[15:0];
  end
endmodule
