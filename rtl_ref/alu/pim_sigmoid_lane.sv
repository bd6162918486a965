// sigmoid(g) in Q16, 0..65536. Latency 19: distance, exponential, and a quotient bit in each of 17 stages.
module pim_sigmoid_lane (
    input  logic        clk_i,
    input  logic        enable_i,
    input  logic [31:0] g_i,
    output logic [16:0] sigmoid_o
);
  localparam logic [16:0] Log2E = 17'd94548;  // Q16
  localparam int QuotientBits = 17;

  // t = min(65535, roundShift(|g| * log2(e), 21))
  logic [31:0] magnitude;
  logic [48:0] product;
  logic [28:0] distance;
  logic [15:0] t_q;
  logic negative_q;
  assign magnitude = g_i[31] ? -g_i : g_i;
  assign product   = magnitude * Log2E;
  assign distance  = {1'b0, product[48:21]} + {28'd0, product[20]};

  logic [15:0] decay;
  pim_exp2 u_exp2 (
      .t_i(t_q),
      .y_o(decay)
  );

  // The top bits of (N << 16) + D / 2 are below D, so they are the first remainder.
  logic [16:0] denominator;
  logic [15:0] numerator;
  logic [31:0] dividend;
  assign denominator = 17'd32768 + {1'b0, decay};
  assign numerator   = negative_q ? decay : 16'd32768;
  assign dividend    = {numerator, 16'd0} + {16'd0, denominator[16:1]};

  // Stage k holds the remainder, the dividend's bits yet to come above the k quotient bits found.
  logic [(QuotientBits+1)*17-1:0] remainder_q, denominator_q, rest_q;
  for (genvar k = 0; k < QuotientBits; k++) begin : g_stage
    logic [17:0] brought;
    logic fits;
    assign brought = {remainder_q[17*k+:17], rest_q[17*k+16]};
    assign fits    = brought >= {1'b0, denominator_q[17*k+:17]};
    always_ff @(posedge clk_i) begin
      if (enable_i) begin
        remainder_q[17*(k+1)+:17]   <= 17'(fits ? brought - {1'b0, denominator_q[17*k+:17]} : brought);
        denominator_q[17*(k+1)+:17] <= denominator_q[17*k+:17];
        rest_q[17*(k+1)+:17]        <= {rest_q[17*k+:16], fits};
      end
    end
  end
  assign sigmoid_o = rest_q[17*QuotientBits+:17];

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      t_q                 <= |distance[28:16] ? 16'hffff : distance[15:0];
      negative_q          <= g_i[31];
      remainder_q[16:0]   <= {2'b00, dividend[31:17]};
      rest_q[16:0]        <= dividend[16:0];
      denominator_q[16:0] <= denominator;
    end
  end
endmodule
