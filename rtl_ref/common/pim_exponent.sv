// Smallest e >= 0 with roundShift(m, e) <= 2^(bits-1) - 1, bits = 16 or 8, m a magnitude of at most 2^31.
module pim_exponent (
    input  logic [31:0] magnitude_i,
    input  logic        eight_bits_i,
    output logic [ 4:0] exponent_o
);
  logic [4:0] top, mantissa_top, first;
  pim_leading_one u_top (
      .x_i       (magnitude_i),
      .position_o(top)
  );
  assign mantissa_top = eight_bits_i ? 5'd6 : 5'd14;
  assign first        = top > mantissa_top ? top - mantissa_top : 5'd0;

  // With `first` the mantissa has the right number of bits, unless rounding brings it to the next power of two.
  logic [32:0] doubled;
  logic [15:0] rounded;
  logic overflows;
  assign doubled    = {magnitude_i, 1'b0} >> first;
  assign rounded    = doubled[16:1] + {15'd0, doubled[0]};
  assign overflows  = eight_bits_i ? rounded[7] : rounded[15];
  assign exponent_o = first + {4'd0, overflows};
endmodule
